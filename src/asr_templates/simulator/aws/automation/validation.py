"""What CreateDocument refuses in an Automation document: a pure function from content to problems.

Sources: Systems Manager user guide, "Data elements and parameters", "Systems Manager Automation actions reference",
"aws:branch"; quotas of Systems Manager. AWS does not publish its validation; this is the strict reading of the guide.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from asr_templates.simulator.aws.automation.parameters import is_type
from asr_templates.simulator.aws.automation.references import Reference, Value, references, stray_braces
from asr_templates.simulator.aws.automation.selectors import SelectorError, parsed

OUTPUT_TYPES = ("String", "StringList", "Boolean", "Integer", "StringMap", "MapList")
GLOBAL_VARIABLES = ("ACCOUNT_ID", "AWS_PARTITION", "DATE", "DATE_TIME", "REGION", "URL_SUFFIX")

_TOP_LEVEL = ("schemaVersion", "description", "assumeRole", "parameters", "variables", "mainSteps", "outputs", "files")
_PARAMETER_FIELDS = (
    *("type", "description", "default", "allowedPattern", "allowedValues", "displayType"),
    *("minChars", "maxChars", "minItems", "maxItems"),
)
_STEP_FIELDS = (
    *("name", "action", "description", "inputs", "outputs", "nextStep", "isEnd", "isCritical", "onFailure", "onCancel"),
    *("maxAttempts", "timeoutSeconds"),
)


@dataclass(frozen=True)
class Inputs:
    """The inputs of an action: which must be there, which may, whether any other is a parameter of an API."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    is_open: bool = False


_EXECUTE_AUTOMATION = (
    *("DocumentVersion", "RuntimeParameters", "TargetLocations", "Targets", "TargetMaps", "TargetParameterName"),
    *("MaxConcurrency", "MaxErrors", "Tags"),
)
_NOT_CHECKED = (
    *("approve", "changeInstanceState", "copyImage", "createImage", "createStack", "createTags", "deleteImage"),
    *("deleteStack", "executeStateMachine", "invokeLambdaFunction", "invokeWebhook", "loop", "pause", "runCommand"),
    "runInstances",
)
ACTIONS: Mapping[str, Inputs] = {
    "aws:assertAwsResourceProperty": Inputs(("Service", "Api", "PropertySelector", "DesiredValues"), is_open=True),
    "aws:branch": Inputs(("Choices",), ("Default",)),
    "aws:executeAutomation": Inputs(("DocumentName",), _EXECUTE_AUTOMATION),
    "aws:executeAwsApi": Inputs(("Service", "Api"), is_open=True),
    "aws:executeScript": Inputs(("Runtime", "Handler", "Script"), ("InputPayload", "Attachment")),
    "aws:sleep": Inputs((), ("Duration", "Timestamp")),
    "aws:updateVariable": Inputs(("Name", "Value")),
    "aws:waitForAwsResourceProperty": Inputs(("Service", "Api", "PropertySelector", "DesiredValues"), is_open=True),
    **{f"aws:{name}": Inputs(is_open=True) for name in _NOT_CHECKED},
}
BUILT_IN_OUTPUTS: Mapping[str, tuple[str, ...]] = {
    "aws:executeAutomation": ("ExecutionId", "Output", "Status"),
    "aws:executeScript": ("OutputPayload", "Payload"),
}
"""Outputs that an action has without declaring them; other known actions are not simulated, so anything goes there."""

COMPARISONS = (
    *("BooleanEquals", "Contains", "EndsWith", "EqualsIgnoreCase", "StartsWith", "StringEquals"),
    *("NumericEquals", "NumericGreater", "NumericGreaterOrEquals", "NumericLesser", "NumericLesserOrEquals"),
)


def check_content(content: Value) -> Iterator[str]:
    """Every reason for which CreateDocument refuses this content, one line each, with its place."""
    if not isinstance(content, dict):
        yield "a document is a map with schemaVersion and mainSteps"
        return
    if content.get("schemaVersion") != "0.3":
        yield f"schemaVersion: {content.get('schemaVersion')!r} is not '0.3', the only one of Automation documents"
        return
    yield from _unknown("document", content, _TOP_LEVEL)
    steps = content.get("mainSteps")
    if not isinstance(steps, list) or not steps or not all(_is_step(step) for step in steps):
        yield "mainSteps: at least one step is needed, each a map with name, action and inputs"
        return
    yield from _check_parameters(content.get("parameters") or {})
    names = [step["name"] for step in steps]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"mainSteps: two steps are called {name}"
    for step in steps:
        yield from _check_step(step, names)
    yield from _check_references(content, steps)


def _is_step(step: Value) -> bool:
    return isinstance(step, dict) and isinstance(step.get("name"), str) and isinstance(step.get("action"), str)


def _unknown(place: str, item: Mapping[str, Value], known: Collection[str]) -> Iterator[str]:
    for key in item:
        if key not in known:
            yield f"{place}: unknown field {key!r}"


def _check_parameters(parameters: Mapping[str, Value]) -> Iterator[str]:
    for name, item in parameters.items():
        place = f"parameter {name}"
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,50}", name):
            yield f"{place}: a name has up to 50 letters, digits, - and _"
        yield from _unknown(place, item, _PARAMETER_FIELDS)
        if not is_type(str(item.get("type"))):
            yield f"{place}: unknown type {item.get('type')!r}"
        pattern = item.get("allowedPattern")
        if pattern is not None:
            try:
                re.compile(pattern)
            except (re.error, TypeError) as error:
                yield f"{place}: allowedPattern {pattern!r} is no regular expression: {error}"


def _check_step(step: Mapping[str, Value], names: Collection[str]) -> Iterator[str]:
    place = f"step {step['name']}"
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", step["name"]):
        yield f"{place}: a name has up to 128 letters, digits, - and _"
    yield from _unknown(place, step, _STEP_FIELDS)
    action = step["action"]
    if action not in ACTIONS:
        yield f"{place}: unknown action {action!r}"
        return
    yield from _check_inputs(place, step.get("inputs") or {}, ACTIONS[action])
    yield from _check_flow(place, step, names)
    for output in step.get("outputs") or []:
        yield from _check_output(place, output)
    if action in _OWN_CHECKS:
        yield from _OWN_CHECKS[action](place, step, names)


def _check_inputs(place: str, inputs: Mapping[str, Value], expected: Inputs) -> Iterator[str]:
    for name in expected.required:
        if name not in inputs:
            yield f"{place}: input {name} is missing"
    if not expected.is_open:
        yield from _unknown(f"{place}, inputs", inputs, (*expected.required, *expected.optional))


def _check_flow(place: str, step: Mapping[str, Value], names: Collection[str]) -> Iterator[str]:
    if step.get("nextStep") and str(step.get("isEnd")).lower() == "true":
        yield f"{place}: nextStep and isEnd exclude each other"
    if "nextStep" in step and step["nextStep"] not in names:
        yield f"{place}: nextStep {step['nextStep']!r} does not exist"
    for field, words in (("onFailure", ("abort", "continue")), ("onCancel", ("abort",))):
        value = str(step.get(field, "Abort"))
        if value.startswith("step:"):
            if value.removeprefix("step:") not in names:
                yield f"{place}: {field} {value!r} does not exist"
        elif value.lower() not in words:
            yield f"{place}: {field} {value!r} is none of {', '.join(words)} or step:NAME"


def _check_output(place: str, output: Value) -> Iterator[str]:
    if not isinstance(output, dict) or not {"Name", "Selector"} <= set(output) <= {"Name", "Selector", "Type"}:
        yield f"{place}: an output has Name, Selector and Type"
        return
    if output.get("Type", "String") not in OUTPUT_TYPES:
        yield f"{place}, output {output['Name']}: unknown Type {output['Type']!r}"
    yield from _check_selector(f"{place}, output {output['Name']}", output["Selector"])


def _check_selector(place: str, selector: Value) -> Iterator[str]:
    if next(references(selector), None):
        return
    try:
        parsed(selector)
    except SelectorError as error:
        yield f"{place}: {error}"


def _check_script(place: str, step: Mapping[str, Value], names: Collection[str]) -> Iterator[str]:
    if "{{" in str(step.get("inputs", {}).get("Script", "")):
        yield f"{place}: the script contains '{{{{', which Systems Manager reads as a reference"


def _check_property(place: str, step: Mapping[str, Value], names: Collection[str]) -> Iterator[str]:
    inputs = step.get("inputs") or {}
    if "PropertySelector" in inputs:
        yield from _check_selector(f"{place}, PropertySelector", inputs["PropertySelector"])
    if not isinstance(inputs.get("DesiredValues", []), list):
        yield f"{place}: DesiredValues is a list"


def _check_sleep(place: str, step: Mapping[str, Value], names: Collection[str]) -> Iterator[str]:
    inputs = step.get("inputs") or {}
    if len({"Duration", "Timestamp"} & set(inputs)) != 1:
        yield f"{place}: aws:sleep takes either Duration or Timestamp"


def _check_branch(place: str, step: Mapping[str, Value], names: Collection[str]) -> Iterator[str]:
    inputs = step.get("inputs") or {}
    choices = inputs.get("Choices")
    if not isinstance(choices, list) or not choices:
        yield f"{place}: Choices is a list of at least one choice"
        return
    for choice in choices:
        if not isinstance(choice, dict) or choice.get("NextStep") not in names:
            yield f"{place}: each choice has a NextStep that exists"
        else:
            yield from _check_rule(place, {key: item for key, item in choice.items() if key != "NextStep"})
    if "Default" in inputs and inputs["Default"] not in names:
        yield f"{place}: Default {inputs['Default']!r} does not exist"


def _check_rule(place: str, rule: Value) -> Iterator[str]:
    if not isinstance(rule, dict):
        yield f"{place}: a choice is a map"
    elif set(rule) in ({"And"}, {"Or"}):
        for part in next(iter(rule.values())):
            yield from _check_rule(place, part)
    elif set(rule) == {"Not"}:
        yield from _check_rule(place, rule["Not"])
    elif "Variable" not in rule or len(rule) != 2 or not set(rule) - {"Variable"} <= set(COMPARISONS):
        yield f"{place}: a choice has a Variable and one of {', '.join(COMPARISONS)}, or And, Or, Not"


_Check = Callable[[str, Mapping[str, Value], Collection[str]], Iterator[str]]
_OWN_CHECKS: Mapping[str, _Check] = {
    "aws:assertAwsResourceProperty": _check_property,
    "aws:branch": _check_branch,
    "aws:executeScript": _check_script,
    "aws:sleep": _check_sleep,
    "aws:waitForAwsResourceProperty": _check_property,
}


def _check_references(content: Mapping[str, Value], steps: list[Mapping[str, Value]]) -> Iterator[str]:
    """References must name parameters, variables, outputs and global variables that exist."""
    outputs = _known_outputs(steps)
    names = {
        "parameter": set(content.get("parameters") or {}),
        "variable": set(content.get("variables") or {}),
        "global": set(GLOBAL_VARIABLES),
        "automation": {"EXECUTION_ID"},
    }
    for place, value in _places(content, steps):
        for braces in stray_braces(value):
            yield f"{place}: {braces[:80]!r} has a '{{{{' that opens no reference"
        for reference in references(value):
            if not _exists(reference, names, outputs):
                yield f"{place}: {{{{ {reference.text} }}}} refers to nothing that exists"
    for text in content.get("outputs") or []:
        if not isinstance(text, str) or not _is_output(text, outputs):
            yield f"outputs: {text!r} is no output of a step"


def _known_outputs(steps: list[Mapping[str, Value]]) -> dict[str, set[str] | None]:
    """Step name -> names of its outputs; None where the action's outputs are not known here."""
    known: dict[str, set[str] | None] = {}
    for step in steps:
        declared = {
            output["Name"] for output in step.get("outputs") or [] if isinstance(output, dict) and "Name" in output
        }
        is_known = not ACTIONS.get(step["action"], Inputs()).is_open or step["action"].endswith(("Property", "AwsApi"))
        known[step["name"]] = declared | set(BUILT_IN_OUTPUTS.get(step["action"], ())) if is_known else None
    return known


def _places(content: Mapping[str, Value], steps: list[Mapping[str, Value]]) -> Iterator[tuple[str, Value]]:
    yield "assumeRole", content.get("assumeRole")
    for step in steps:
        inputs = {key: item for key, item in (step.get("inputs") or {}).items() if key != "Script"}
        yield f"step {step['name']}", [inputs, step.get("maxAttempts"), step.get("timeoutSeconds")]


def _exists(reference: Reference, names: Mapping[str, Collection[str]], outputs: Mapping[str, set[str] | None]) -> bool:
    if reference.kind == "output":
        return _is_output(reference.name, outputs)
    if reference.kind == "ssm":
        return True
    return reference.name in names.get(reference.kind, ())


def _is_output(text: str, outputs: Mapping[str, set[str] | None]) -> bool:
    step, _, output = text.partition(".")
    known = outputs.get(step, set())
    return known is None or output in known
