from collections.abc import Callable

import pytest

from asr_templates.checks import RUNBOOK_CHECKS, plans
from asr_templates.model import Runbook

Make = Callable[..., Runbook]
Tell = Callable[..., list[str]]


def test_sound_runbook_has_no_problem(runbook: Make, told: Tell) -> None:
    found = [problem for check in RUNBOOK_CHECKS for problem in told(check, runbook())]

    assert not found


def test_plan_that_is_not_python_is_reported_once_with_its_line(runbook: Make, told: Tell) -> None:
    broken = runbook(("if not key:", "if not key"))
    found = [problem for check in RUNBOOK_CHECKS for problem in told(check, broken) if "Python" in problem]
    expected = ["EncryptTopic.py:8: invalid Python: expected ':'"]

    assert expected == found


def test_plan_without_its_function_is_told_how_to_write_it(runbook: Make, told: Tell) -> None:
    found = told(plans.plan_is_one_function, runbook(("def plan(", "def remediate(")))
    expected = ["EncryptTopic.py:1: there is no function plan\n    hint: write def plan(aws: Aws, ...) -> Plan:"]

    assert expected == found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('    """The topic is encrypted."""\n', "", "plan has no sentence as its docstring"),
        ("The topic is encrypted.", "encrypt", "plan has no sentence as its docstring"),
        ('    return {"KmsMasterKeyId": key}', "    return", "plan returns nothing here"),
        ("        yield Change(", "        print(", "plan yields nothing"),
    ],
)
def test_plan_of_another_shape_is_reported(runbook: Make, told: Tell, old: str, new: str, said: str) -> None:
    found = told(plans.plan_is_one_function, runbook((old, new)))

    assert any(said in problem for problem in found), found


def test_parameter_that_the_document_does_not_hand_over_is_reported(runbook: Make, told: Tell) -> None:
    found = told(plans.plan_is_fed_by_its_document, runbook(("TopicArn: str", "TopicArn: str, KeyId: str")))
    expected = [
        "EncryptTopic.yaml: step Remediation: inputs.InputPayload: plan needs KeyId\n"
        '    hint: write KeyId: "{{ KeyId }}"'
    ]

    assert expected == found


def test_value_that_the_plan_does_not_take_is_reported(runbook: Make, told: Tell) -> None:
    found = told(plans.plan_is_fed_by_its_document, runbook((", TopicArn: str)", ", TopicArns: str)")))

    assert any("plan takes no TopicArn\n    hint: did you mean TopicArns?" in problem for problem in found), found


def test_annotation_that_contradicts_the_document_is_reported(runbook: Make, told: Tell) -> None:
    found = told(plans.plan_is_fed_by_its_document, runbook(("TopicArn: str", "TopicArn: int")))
    expected = [
        "EncryptTopic.py:4: parameter TopicArn is annotated with int, the document has a String\n"
        "    hint: write TopicArn: str"
    ]

    assert expected == found


@pytest.mark.parametrize("module", ["os", "subprocess", "boto3", "socket", "dataclasses", "__future__"])
def test_import_that_reaches_outside_is_reported(runbook: Make, told: Tell, module: str) -> None:
    found = told(plans.plan_imports_little, runbook(("\n\ndef plan", f"\nimport {module}\n\n\ndef plan")))

    assert len(found) == 1
    assert f"imports {module}" in found[0]


def test_name_that_the_runner_lacks_is_reported_with_the_nearest(runbook: Make, told: Tell) -> None:
    found = told(plans.plan_imports_little, runbook(("Change, Plan, Undo", "Chnge, Plan, Undo")))
    expected = ["EncryptTopic.py:1: asr_templates.embedded.runner offers no Chnge\n    hint: did you mean Change?"]

    assert expected == found


def test_embedded_module_that_does_not_exist_is_reported_with_the_nearest(runbook: Make, told: Tell) -> None:
    found = told(plans.plan_imports_little, runbook(("embedded.runner", "embedded.runer")))
    expected = [
        "EncryptTopic.py:1: there is no module asr_templates.embedded.runer\n    hint: did you mean runner, parser?"
    ]

    assert expected == found


def test_change_without_undo_is_reported(runbook: Make, told: Tell) -> None:
    found = told(plans.plan_can_be_followed, runbook((", undo=back", "")))

    assert any("EncryptTopic.py:11: Change without undo" in problem for problem in found), found


def test_undo_that_no_change_has_is_reported(runbook: Make, told: Tell) -> None:
    found = told(plans.plan_can_be_followed, runbook(("undo=back", 'undo="cannot be undone"')))

    assert any("EncryptTopic.py:10: this Undo belongs to no Change" in problem for problem in found), found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('Change("sns", "set', 'Change(TopicArn, "set', "Change without literal service and operation"),
        ('aws("sns")', "aws(TopicArn)", "aws(TopicArn) cannot be followed"),
        ("sns.get_topic_attributes(", 'getattr(sns, "get_topic_attributes")(', "client sns is used as a value"),
        ("sns.get_topic_attributes(", 'getattr(sns, "get_topic_attributes")(', "calls getattr, which hides"),
        ("sns.get_topic_attributes(TopicArn=TopicArn)", "sns.list_topics", "sns.list_topics is not called"),
        ("(TopicArn=TopicArn)", "(TopicArn)", "get_topic_attributes has a parameter without a name"),
        ("    if not key:", "    print(key)\n    if not key:", "calls print, which writes to a log"),
        ("    if not key:", "    pages = sns.get_paginator('list_topics')\n    if not key:", "cannot be followed"),
    ],
)
def test_call_that_cannot_be_followed_is_reported(runbook: Make, told: Tell, old: str, new: str, said: str) -> None:
    found = told(plans.plan_can_be_followed, runbook((old, new)))

    assert any(said in problem for problem in found), found


def test_braces_of_a_variable_are_reported_with_their_line(runbook: Make, told: Tell) -> None:
    found = told(plans.plan_can_be_rendered, runbook(('{"KmsMasterKeyId": key}', '{"Kms": {"Key": key}}')))

    assert len(found) == 1
    assert found[0].startswith("EncryptTopic.py:12: ")
    assert found[0].endswith("hint: put a space between the braces")


def test_name_that_the_runner_has_already_is_reported(runbook: Make, told: Tell) -> None:
    found = told(plans.plan_can_be_rendered, runbook(("\n\ndef plan", "\n\ndef same():\n    return 1\n\n\ndef plan")))

    assert len(found) == 1
    assert "same is defined" in found[0]


def test_pending_without_a_verify_step_is_reported(runbook: Make, told: Tell) -> None:
    pending = runbook(
        ("    if not key:", '    yield Pending("it")\n    if not key:'), ("Plan, Undo", "Pending, Plan, Undo")
    )
    found = told(plans.pending_is_verified, pending)

    assert len(found) == 1
    assert found[0].startswith("EncryptTopic.py:8: yields Pending, but the document has no step Verify")


def test_document_without_steps_that_can_be_read_is_reported_before_all_else(runbook: Make, told: Tell) -> None:
    odd = runbook()
    odd.document["mainSteps"][0].pop("name")
    expected = ["EncryptTopic.yaml: mainSteps[0]: a step has a name and an action"]

    assert expected == told(plans.document_has_its_shape, odd)


def test_script_of_another_file_is_reported(runbook: Make, told: Tell) -> None:
    odd = runbook()
    odd.document["mainSteps"][0]["inputs"]["Script"] = "Other.py"
    expected = [
        "EncryptTopic.yaml: step Remediation: inputs.Script: is not the plan's file\n    hint: write EncryptTopic.py"
    ]

    assert expected == told(plans.document_has_its_shape, odd)
