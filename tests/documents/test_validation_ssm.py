import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_templates.documents.validation.runbook import references, whole_reference
from asr_templates.documents.validation.ssm import document_problems
from asr_templates.loading import load
from asr_templates.names import Names

SCRIPT = 'def handler(event, context):\n    return {"Status": event["Name"], "Size": 1}\n'
Document = dict[str, Any]
Change = Callable[[Document], None]


def sound() -> Document:
    """A document with every action that is validated, but for a few."""
    return {
        "schemaVersion": "0.3",
        "description": "Looks, waits and tells.",
        "assumeRole": "{{ Role }}",
        "outputs": ["Look.Status"],
        "parameters": {
            "Role": {"type": "AWS::IAM::Role::Arn"},
            "Name": {"type": "String", "default": "abc", "allowedPattern": "^[a-z]+$"},
            "Mode": {"type": "String", "default": "Apply", "allowedValues": ["Apply", "Undo"]},
        },
        "mainSteps": [
            {
                "name": "Look",
                "action": "aws:executeScript",
                "timeoutSeconds": 600,
                "inputs": {
                    "Runtime": "python3.11",
                    "Handler": "handler",
                    "InputPayload": {"Name": "{{ Name }}", "Mode": "{{ Mode }}"},
                    "Script": SCRIPT,
                },
                "outputs": [
                    {"Name": "Status", "Selector": "$.Payload.Status", "Type": "String"},
                    {"Name": "Size", "Selector": "$.Payload.Size", "Type": "Integer"},
                ],
            },
            {
                "name": "Decide",
                "action": "aws:branch",
                "inputs": {
                    "Choices": [{"Variable": "{{ Look.Status }}", "StringEquals": "Success", "NextStep": "Wait"}],
                    "Default": "Tell",
                },
            },
            {
                "name": "Wait",
                "action": "aws:waitForAwsResourceProperty",
                "timeoutSeconds": 900,
                "onFailure": "step:Tell",
                "isCritical": False,
                "nextStep": "Tell",
                "inputs": {
                    "Service": "rds",
                    "Api": "DescribeDBInstances",
                    "DBInstanceIdentifier": "{{ Name }}",
                    "PropertySelector": "$.DBInstances[0].DBInstanceStatus",
                    "DesiredValues": ["available"],
                },
            },
            {
                "name": "Tell",
                "action": "aws:executeAutomation",
                "isEnd": True,
                "inputs": {
                    "DocumentName": "ASR-Child",
                    "RuntimeParameters": {"Text": "{{ Look.Status }}", "Size": "{{ Look.Size }}"},
                },
            },
        ],
    }


CHILD = {
    "parameters": {"Text": {"type": "String"}, "Size": {"type": "Integer"}, "Days": {"type": "Integer", "default": 1}}
}


def told(document: Document, name: str = "ASR-Toy") -> list[str]:
    return [str(problem) for problem in document_problems(name, document, {"ASR-Child": CHILD})]


def put(path: str, value: object) -> Change:
    """Set a key: `put("mainSteps/0/inputs/Runtime", "python3.8")`; None deletes it."""
    *way, last = [int(key) if key.isdigit() else key for key in path.split("/")]

    def change(document: Document) -> None:
        item: Any = document
        for key in way:
            item = item[key]
        if value is None:
            del item[last]
        else:
            item[last] = value

    return change


def test_sound_document_has_no_problem() -> None:
    assert not told(sound())


def test_all_rendered_documents_are_valid() -> None:
    playbooks = load().select([], [], Names())
    documents = {
        name: document
        for playbook in playbooks
        for name, document in {**playbook.control_documents(), **playbook.remediation_documents()}.items()
    }
    problems = [
        str(problem) for name, document in documents.items() for problem in document_problems(name, document, documents)
    ]

    assert not problems, "\n".join(problems)


HEAD = [
    (put("schemaVersion", 0.3), "ASR-Toy: schemaVersion: 0.3 is not '0.3'"),
    (put("mainSteps", []), "ASR-Toy: mainSteps: is a list of at least one step"),
    (put("mainSteps/0/action", None), "ASR-Toy: mainSteps[0]: a step has a name and an action"),
    (put("parameters/Name", "x"), "ASR-Toy: parameters: is a map of maps"),
    (put("assumeRole", None), "ASR-Toy: assumeRole: is missing"),
    (put("mainSteps/0/inputs", "x"), "ASR-Toy: step Look: inputs is a map, outputs a list"),
    (put("mainSteps/0/inputs/InputPayload", True), "ASR-Toy: step Look: inputs.InputPayload: is a map"),
    (put("mainSteps/3/inputs/RuntimeParameters", ["x"]), "step Tell: inputs.RuntimeParameters: is a map"),
    (put("mainStep", []), "ASR-Toy: mainStep: unknown field"),
    (put("outputs", ["Look.State"]), "ASR-Toy: outputs: Look.State is no output of a step"),
    (put("outputs", ["Name"]), "ASR-Toy: outputs: Name is no output of a step"),
]
PARAMETERS = [
    (put("parameters/Name/type", "Text"), "ASR-Toy: parameters.Name: unknown type Text"),
    (put("parameters/Name/default", 5), "ASR-Toy: parameters.Name.default: 5 is no String"),
    (put("parameters/Name/default", "ABC"), "ASR-Toy: parameters.Name.default: 'ABC' does not match ^[a-z]+$"),
    (put("parameters/Mode/default", "Look"), "ASR-Toy: parameters.Mode.default: 'Look' is none of Apply, Undo"),
    (put("parameters/Name/allowedPattern", "[a-z]+"), "would let anything around it pass"),
    (put("parameters/Name/allowedPattern", "^($"), "is no regular expression"),
    (put("parameters/Name/allowedpattern", "x"), "ASR-Toy: parameters.Name: unknown field allowedpattern"),
    (put("parameters/Unused", {"type": "String"}), "ASR-Toy: parameters.Unused: no step uses it"),
    (put("parameters/My-Name", {"type": "String"}), "ASR-Toy: parameters.My-Name: a name has up to 50 letters"),
]
FLOW = [
    (put("mainSteps/2/nextStep", "Tel"), "ASR-Toy: step Wait: nextStep: there is no step Tel"),
    (put("mainSteps/2/onFailure", "step:Tel"), "step Wait: onFailure, onCancel: there is no step Tel"),
    (put("mainSteps/2/onFailure", "Continue"), "step Wait: onFailure: Continue reports a failed step as Success"),
    (put("mainSteps/2/onFailure", None), "step Wait: isCritical: false reports a failed step as Success"),
    (put("mainSteps/2/onFailure", "Later"), "step Wait: onFailure: 'Later' is neither Abort nor step:NAME"),
    (put("mainSteps/2/timeoutSeconds", None), "step Wait: timeoutSeconds: a wait must say how long it may take"),
    (put("mainSteps/2/timeoutSeconds", "soon"), "step Wait: timeoutSeconds: 'soon' is no number of seconds"),
    (put("mainSteps/0/timeoutSeconds", 900), "a script is ended after 600 s"),
    (put("mainSteps/2/isEnd", True), "step Wait: isEnd: nextStep and isEnd exclude each other"),
    (put("mainSteps/1/inputs/Default", "Look"), None),
    (put("mainSteps/1/inputs/Choices/0/NextStep", "Tell"), "step Wait: no other step leads here"),
    (put("mainSteps/0/name", "look"), "step look: name: a step's name is in PascalCase"),
    (put("mainSteps/3/name", "Wait"), "mainSteps: two steps are called Wait"),
    (put("mainSteps/0/next", "Tell"), "step Look: next: unknown field"),
    (put("mainSteps/0/action", "aws:runScript"), "step Look: action: aws:runScript does not exist"),
    (put("mainSteps/0/action", "aws:loop"), "step Look: action: aws:loop is not validated here"),
]
BRANCHES = [
    (put("mainSteps/1/inputs/Default", None), "step Decide: inputs.Default: is missing: the run would fail here"),
    (put("mainSteps/1/inputs/Choices/0/StringEqual", 1), "is no comparison"),
    (put("mainSteps/1/inputs/Choices/0/Variable", "Look.Status"), "Variable 'Look.Status' is no variable"),
    (
        put("mainSteps/1/inputs/Choices/0/Variable", "{{ Look.Size }}"),
        "compares a String, {{ Look.Size }} is a Integer",
    ),
    (put("mainSteps/1/inputs/Choices", []), "step Decide: inputs.Choices: is a list of at least one choice"),
]
VARIABLES = [
    (
        put("assumeRole", "{{ Rol }}"),
        "ASR-Toy: assumeRole: {{ Rol }} refers to nothing\n    hint: did you mean {{ Role }}?",
    ),
    (put("mainSteps/0/inputs/InputPayload/Name", "{{ Nam }}"), "inputs.InputPayload.Name: {{ Nam }} refers to nothing"),
    (put("mainSteps/0/inputs/InputPayload/Name", "{{ global:PLACE }}"), "{{ global:PLACE }} refers to nothing"),
    (put("mainSteps/0/inputs/InputPayload/Name", "{{ Wait.Status }}"), "{{ Wait.Status }} refers to nothing"),
    (put("mainSteps/0/inputs/InputPayload/Name", "{{ Tell.Output }}"), "{{ Tell.Output }} may not be there yet"),
    (put("mainSteps/0/inputs/InputPayload/Name", "{{ ssm:/x }}"), "reads a parameter that anyone may have written"),
    (put("mainSteps/0/inputs/InputPayload/Name", "{{ Name"), "has {{ that belongs to no variable"),
]
SCRIPTS = [
    (put("mainSteps/0/inputs/Runtime", "python3.8"), "step Look: inputs.Runtime: python3.8 is not our runtime"),
    (put("mainSteps/0/inputs/Handler", "main"), "inputs.Handler: the script has no function main"),
    (put("mainSteps/0/inputs/Script", "def handler(event):\n    return {}"), "handler takes 1 arguments, not two"),
    (put("mainSteps/0/inputs/Script", "def handler(:"), "inputs.Script: line 1: invalid syntax"),
    (
        put("mainSteps/0/inputs/Script", f"import requests\n{SCRIPT}"),
        "imports requests, which the runtime does not have",
    ),
    (put("mainSteps/0/inputs/Script", f"x = f'{{{{'\n{SCRIPT}"), "line 1 has {{, which Systems Manager takes for a"),
    (put("mainSteps/0/inputs/InputPayload/Name", None), "step Look: inputs.InputPayload: handler wants Name"),
    (put("mainSteps/0/outputs/0/Selector", "$.Payload.State"), "outputs.Status: the script never returns State"),
    (put("mainSteps/0/outputs/0/Selector", "$.Output.Status"), "is not under $.Payload"),
    (put("mainSteps/0/outputs/0/Selector", "Payload.Status"), "'Payload.Status' is no selector"),
    (put("mainSteps/0/outputs/0/Type", "Text"), "outputs.Status: unknown Type Text"),
    (put("mainSteps/0/outputs/0/Selector", None), "outputs[0]: an output has Name, Selector and Type"),
    (put("mainSteps/0/inputs/Timeout", 1), "inputs.Timeout: aws:executeScript has no such input"),
    (put("mainSteps/0/inputs/Script", None), "inputs.Script: is missing"),
]
CALLS = [
    (put("mainSteps/2/inputs/Service", "RDS"), "step Wait: inputs.Service: unknown service RDS"),
    (
        put("mainSteps/2/inputs/Api", "DescribeInstances"),
        "inputs.Api: rds has no operation DescribeInstances; did you mean",
    ),
    (put("mainSteps/2/inputs/DBInstance", "x"), "inputs: there is no parameter DBInstance"),
    (put("mainSteps/2/inputs/DBInstanceIdentifier", 5), "inputs.DBInstanceIdentifier: 5 is no string"),
    (
        put("mainSteps/2/inputs/PropertySelector", "$.DBInstances[0].Status"),
        "the response has no $.DBInstances[0].Status",
    ),
    (
        put("mainSteps/2/inputs/PropertySelector", "DBInstances"),
        "inputs.PropertySelector: 'DBInstances' is no selector",
    ),
    (put("mainSteps/2/inputs/DesiredValues", "available"), "inputs.DesiredValues: is a list of at least one value"),
    (
        put("mainSteps/2/outputs", [{"Name": "Zone", "Selector": "$.DBInstances[0].MultiAZ", "Type": "String"}]),
        "outputs.Zone: $.DBInstances[0].MultiAZ is a Boolean, not a String",
    ),
]
CHILDREN = [
    (
        put("mainSteps/3/inputs/DocumentName", "ASR-Chld"),
        "there is no document ASR-Chld\n    hint: did you mean ASR-Child?",
    ),
    (put("mainSteps/3/inputs/DocumentName", "{{ Name }}"), "{{ Name }} is known at run time only"),
    (put("mainSteps/3/inputs/RuntimeParameters/Texts", "x"), "ASR-Child has no parameter Texts"),
    (put("mainSteps/3/inputs/RuntimeParameters/Text", None), "inputs.RuntimeParameters: ASR-Child needs Text"),
    (
        put("mainSteps/3/inputs/RuntimeParameters/Size", "{{ Look.Status }}"),
        "Size: is a String, the parameter a Integer",
    ),
    (put("mainSteps/3/inputs/RuntimeParameters/Days", "9"), "RuntimeParameters.Days: '9' is no Integer"),
]
ALL = [*HEAD, *PARAMETERS, *FLOW, *BRANCHES, *VARIABLES, *SCRIPTS, *CALLS, *CHILDREN]


@pytest.mark.parametrize(
    ("change", "said"), ALL, ids=[f"{number}-{str(said)[:60]}" for number, (_, said) in enumerate(ALL)]
)
def test_what_would_fail_in_the_account_is_reported(change: Change, said: str | None) -> None:
    document = copy.deepcopy(sound())
    change(document)
    problems = told(document)

    assert said is None or any(said in problem for problem in problems), problems
    assert bool(said) == bool(problems)


def test_run_that_never_ends_is_reported() -> None:
    document = sound()
    document["mainSteps"][3].pop("isEnd")
    document["mainSteps"][3]["nextStep"] = "Look"

    assert any("the run can never end from here" in problem for problem in told(document))


def test_output_of_a_step_that_failed_on_the_way_is_reported() -> None:
    document = sound()
    document["mainSteps"][0]["onFailure"] = "step:Tell"

    assert any("{{ Look.Status }} may not be there yet" in problem for problem in told(document))


def test_document_near_the_limit_of_64_kb_is_reported() -> None:
    document = sound()
    document["description"] = "x" * 60_000

    assert any("more than 58982 (90% of what Systems Manager takes)" in problem for problem in told(document))


@pytest.mark.parametrize("name", ["AWS-Toy", "amazon-toy", "x", "ASR Toy"])
def test_name_that_ssm_refuses_is_reported(name: str) -> None:
    assert told(sound(), name)


@pytest.mark.parametrize(
    ("inputs", "is_right"),
    [
        ({"Duration": "PT10M"}, True),
        ({"Duration": "P1DT2H"}, True),
        ({"Duration": "10 minutes"}, False),
        ({"Duration": "PT"}, False),
        ({"Duration": "PT1M", "Timestamp": "2030-01-01T00:00:00Z"}, False),
        ({}, False),
    ],
)
def test_sleep_needs_one_duration(inputs: dict[str, str], is_right: bool) -> None:
    document = sound()
    document["mainSteps"].insert(1, {"name": "Pause", "action": "aws:sleep", "inputs": inputs})

    assert is_right == (not told(document))


NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9.:_]{0,20}", fullmatch=True)


@settings(deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=4), st.text("ab {}", max_size=4).filter(lambda text: "{{" not in text))
def test_every_variable_of_a_text_is_found(names: list[str], between: str) -> None:
    text = "-".join(f"{{{{ {name} }}}}" for name in names)

    assert list(dict.fromkeys(names)) == references({"key": [text]})
    assert (names[0] if len(names) == 1 else None) == whole_reference(text)


@settings(max_examples=25, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text("{} a"),
        lambda item: st.lists(item) | st.dictionaries(st.text(max_size=3), item),
    )
)
def test_validation_never_raises_whatever_stands_in_an_input(value: Any) -> None:
    document = sound()
    for step in document["mainSteps"]:
        for key in list(step["inputs"]):
            changed = copy.deepcopy(document)
            next(each for each in changed["mainSteps"] if each["name"] == step["name"])["inputs"][key] = value

            told(changed)
