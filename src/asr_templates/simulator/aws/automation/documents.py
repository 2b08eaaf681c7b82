"""An Automation document (schemaVersion 0.3) as the interpreter runs it: loaded, checked and typed.

Source: Systems Manager user guide, "Data elements and parameters" and the pages of the actions.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import yaml

from asr_templates.simulator.aws.automation.parameters import Parameter
from asr_templates.simulator.aws.automation.references import Value, references
from asr_templates.simulator.aws.automation.validation import check_content
from asr_templates.simulator.aws.errors import NotSimulated

SIMULATED_ACTIONS = (
    "aws:assertAwsResourceProperty",
    "aws:branch",
    "aws:executeAutomation",
    "aws:executeAwsApi",
    "aws:executeScript",
    "aws:sleep",
    "aws:updateVariable",
    "aws:waitForAwsResourceProperty",
)
_ACTIONS_WITH_OUTPUTS = ("aws:executeAwsApi", "aws:executeScript")
_SIMULATED_TARGETS = ("DocumentName", "DocumentVersion", "RuntimeParameters", "TargetLocations")


# libyaml's where the wheel of PyYAML has it: eight times as fast.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class InvalidDocumentError(ValueError):
    """CreateDocument refuses the content; the message lists every reason."""


@dataclass(frozen=True)
class Output:
    """A declared output of a step: what `selector` finds in the response, as `type`."""

    name: str
    selector: str
    type: str


@dataclass(frozen=True)
class Step:
    """One entry of mainSteps. `max_attempts` and `timeout_seconds` may still be references."""

    name: str
    action: str
    inputs: Mapping[str, Value]
    outputs: tuple[Output, ...]
    next_step: str | None
    is_end: bool
    is_critical: bool
    on_failure: str
    on_cancel: str
    max_attempts: Value
    timeout_seconds: Value


@dataclass(frozen=True)
class AutomationDocument:
    """A whole document; `steps` in the order of the text."""

    name: str
    version: str
    assume_role: str
    parameters: Mapping[str, Parameter]
    variables: Mapping[str, Value]
    steps: Mapping[str, Step]
    outputs: tuple[str, ...]

    def step_after(self, step: Step) -> str | None:
        """The step that follows when nothing else is said; None at the end."""
        if step.is_end:
            return None
        if step.next_step:
            return step.next_step
        names = list(self.steps)
        position = names.index(step.name) + 1
        return names[position] if position < len(names) else None


def load_yaml(text: str) -> Value:
    """What yaml.safe_load returns."""
    return yaml.load(text, _Loader)


@lru_cache(maxsize=512)
def load_content(text: str, document_format: str) -> Value:
    """The content of a document from its text, to be read only: each region has the same documents.

    Raises InvalidDocumentError where it is no JSON or YAML.
    """
    try:
        return json.loads(text) if document_format == "JSON" else load_yaml(text)
    except (ValueError, yaml.YAMLError) as error:
        raise InvalidDocumentError(f"the content is no {document_format}: {error}") from error


def parse_document(name: str, version: str, content: Value) -> AutomationDocument:
    """The document of a content. Raises InvalidDocumentError with everything that CreateDocument refuses in it."""
    problems = list(check_content(content))
    if problems:
        raise InvalidDocumentError("\n".join(problems))
    variables = content.get("variables") or {}
    return AutomationDocument(
        name=name,
        version=version,
        assume_role=content.get("assumeRole") or "",
        parameters={key: _parameter(key, item) for key, item in (content.get("parameters") or {}).items()},
        variables={key: item.get("default") for key, item in variables.items()},
        steps={item["name"]: _step(item) for item in content["mainSteps"]},
        outputs=tuple(content.get("outputs") or ()),
    )


def check_simulated(document: AutomationDocument, content: Value) -> None:
    """Raises NotSimulated, with document and step, for what AWS accepts and the interpreter does not know."""
    if content.get("files"):
        raise NotSimulated(document.name, "a document with attachments (files)")
    for step in document.steps.values():
        _check_step(f"{document.name}, step {step.name}", step)
    for found in references(content):
        if found.kind in ("ssm", "other"):
            raise NotSimulated(document.name, f"the reference {{{{ {found.text} }}}}")


def _check_step(place: str, step: Step) -> None:
    if step.action not in SIMULATED_ACTIONS:
        raise NotSimulated(place, f"action {step.action}")
    if step.outputs and step.action not in _ACTIONS_WITH_OUTPUTS:
        raise NotSimulated(place, f"outputs declared by {step.action}")
    if step.action == "aws:executeScript":
        runtime = str(step.inputs["Runtime"])
        if "Attachment" in step.inputs:
            raise NotSimulated(place, "a script from an attachment")
        if not runtime.startswith("python"):
            raise NotSimulated(place, f"runtime {runtime}")
    if step.action == "aws:executeAutomation":
        for key in step.inputs:
            if key not in _SIMULATED_TARGETS:
                raise NotSimulated(place, f"input {key} of aws:executeAutomation")


def _parameter(name: str, item: Mapping[str, Value]) -> Parameter:
    values: Sequence[Value] | None = item.get("allowedValues")
    return Parameter(
        name=name,
        type=item["type"],
        has_default="default" in item,
        default=item.get("default"),
        allowed_pattern=item.get("allowedPattern"),
        allowed_values=None if values is None else tuple(values),
        min_chars=item.get("minChars"),
        max_chars=item.get("maxChars"),
        min_items=item.get("minItems"),
        max_items=item.get("maxItems"),
    )


def _step(item: Mapping[str, Value]) -> Step:
    on_failure = str(item.get("onFailure", "Abort"))
    # User guide: with onFailure Continue, isCritical is false by default.
    is_critical = _flag(item["isCritical"]) if "isCritical" in item else on_failure.lower() != "continue"
    outputs = tuple(
        Output(output["Name"], output["Selector"], output.get("Type", "String")) for output in item.get("outputs") or ()
    )
    return Step(
        name=item["name"],
        action=item["action"],
        inputs=item.get("inputs") or {},
        outputs=outputs,
        next_step=item.get("nextStep"),
        is_end=_flag(item.get("isEnd", False)),
        is_critical=is_critical,
        on_failure=on_failure,
        on_cancel=str(item.get("onCancel", "Abort")),
        max_attempts=item.get("maxAttempts", 1),
        timeout_seconds=item.get("timeoutSeconds"),
    )


def _flag(value: Value) -> bool:
    return str(value).lower() == "true"
