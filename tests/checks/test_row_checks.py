from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from asr_templates.checks import CATALOG_CHECKS, DOCUMENT_CHECKS, documents, problems, rows, subject_of
from asr_templates.checks.subject import Subject
from asr_templates.model import Control, Runbook
from asr_templates.names import Names
from asr_templates.playbook import Playbook

Make = Callable[..., Runbook]
Row = Callable[..., Control]
Tell = Callable[..., list[str]]
About = Callable[..., Subject]


class Consolidated(Playbook):
    key: ClassVar[str] = "SC"
    short: ClassVar[str] = "SC"
    version: ClassVar[str] = "2.0.0"
    standard: ClassVar[str] = "security-control"
    finding_prefix = "security-control"

    def control_id(self, control: Control) -> str:
        return control.id


class Foundational(Playbook):
    key: ClassVar[str] = "AFSBP"
    short: ClassVar[str] = "AFSBP"
    version: ClassVar[str] = "1.0.0"
    standard: ClassVar[str] = "aws-foundational-security-best-practices"


@pytest.fixture
def about(runbook: Make) -> About:
    """Makes a subject of some rows: both toy playbooks with the toy runbook."""

    def make(
        *controls: Control, runbooks: Iterable[Runbook] = (), kinds: Any = (Consolidated, Foundational)
    ) -> Subject:
        known = {each.name: each for each in (runbook(), *runbooks)}
        playable = [control for control in controls if control.runbook in known]
        playbooks = [kind(known, playable) for kind in kinds]
        return subject_of(playbooks, known, Names(), controls)

    return make


def test_sound_rows_have_no_problem(about: About, row: Row, told: Tell) -> None:
    subject = about(row())
    found = [problem for check in (*CATALOG_CHECKS, *DOCUMENT_CHECKS) for problem in told(check, subject)]

    assert not [problem for problem in found if "embedded/" not in problem]


def test_two_rows_of_one_control_are_reported_with_both_modules(about: About, row: Row, told: Tell) -> None:
    found = told(rows.rows_are_declared_once, about(row(), row(note="Again.")))

    assert 1 == len(found)
    assert found[0].startswith("control SNS.1: control SNS.1 is declared in ")


def test_row_without_runbook_is_reported_with_the_nearest_name(about: About, row: Row, told: Tell) -> None:
    found = told(rows.runbooks_exist, about(row(runbook="EncryptTopics")))
    expected = ["control SNS.1: runbook: there is no runbook EncryptTopics\n    hint: did you mean EncryptTopic?"]

    assert expected == found


def test_runbook_without_row_is_reported(about: About, told: Tell) -> None:
    found = told(rows.runbooks_are_used, about())
    expected = ["EncryptTopic.yaml: permissions: no control uses this runbook\n    hint: add a row, or delete it"]

    assert expected == found


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"risk": "some"}, "control SNS.1: risk: 'some' is none of low, interrupts, costs, deletes"),
        ({"workflow": "DONE"}, "control SNS.1: workflow: 'DONE' is none of RESOLVED, NOTIFIED"),
        ({"id": "sns1"}, "control sns1: id: 'sns1' is no id of a security control"),
        ({"note": ""}, "control SNS.1: note: has 0 characters, not 1 to 512"),
        ({"note": "x" * 513}, "control SNS.1: note: has 513 characters, not 1 to 512"),
        ({"note": "{{ x }}"}, "control SNS.1: note: has braces that Systems Manager takes for a variable"),
    ],
)
def test_value_that_means_nothing_is_reported(
    about: About, row: Row, told: Tell, fields: dict[str, Any], said: str
) -> None:
    assert said in told(rows.values_are_known, about(row(**fields)))[0]


def test_misspelt_playbook_is_reported_with_the_nearest_key(about: About, row: Row, told: Tell) -> None:
    found = told(rows.standards_are_known, about(row(ids={"CIS12": "1.1", "SC": "SNS.1"})))
    leave_out = '"" leaves the control out of SC'
    expected = [
        "control SNS.1: ids.CIS12: there is no playbook CIS12\n    hint: did you mean CIS120, CIS140, PCI321?",
        f"control SNS.1: ids.SC: playbook SC has every control by its own id\n    hint: delete the entry; {leave_out}",
    ]

    assert expected == found


def test_row_may_leave_its_control_out_of_the_consolidated_playbook(about: About, row: Row, told: Tell) -> None:
    assert not told(rows.standards_are_known, about(row(ids={"AFSBP": "SNS.1", "SC": ""})))


def test_one_id_of_two_controls_is_reported(about: About, row: Row, told: Tell) -> None:
    found = told(rows.ids_are_unique, about(row(), row(id="SNS.2")))
    expected = ["control SNS.2: ids.AFSBP: SNS.1 of AFSBP is SNS.1's already\n    hint: one of the two ids is wrong"]

    assert expected == found


def test_input_that_the_runbook_lacks_is_reported_with_the_nearest(about: About, row: Row, told: Tell) -> None:
    found = told(rows.inputs_fit_the_runbook, about(row(inputs={"TopicArms": "x"})))
    expected = [
        "control SNS.1: inputs.TopicArms: runbook EncryptTopic has no parameter TopicArms\n"
        "    hint: did you mean TopicArn?"
    ]

    assert expected == found


def test_input_of_another_type_is_reported(about: About, row: Row, runbook: Make, told: Tell) -> None:
    counted = runbook()
    counted.document["parameters"]["Days"] = {"type": "Integer", "default": 0, "allowedValues": [0, 30]}
    control = row(inputs={"Days": "30"})

    assert ["control SNS.1: inputs.Days: '30' is no Integer"] == told(
        rows.inputs_fit_the_runbook, about(control, runbooks=[counted])
    )
    assert ["control SNS.1: inputs.Days: 31 is none of 0, 30"] == told(
        rows.inputs_fit_the_runbook, about(row(inputs={"Days": 31}), runbooks=[counted])
    )


def test_parameter_that_no_row_gives_is_reported(about: About, row: Row, runbook: Make, told: Tell) -> None:
    hungry = runbook()
    hungry.document["parameters"]["KeyId"] = {"type": "String"}
    expected = ["control SNS.1: inputs: runbook EncryptTopic needs KeyId\n    hint: give it a value"]

    assert expected == told(rows.inputs_fit_the_runbook, about(row(), runbooks=[hungry]))


def test_input_without_a_default_in_the_runbook_is_reported(about: About, row: Row, runbook: Make, told: Tell) -> None:
    hungry = runbook()
    hungry.document["parameters"]["KeyId"] = {"type": "String"}
    found = told(rows.inputs_fit_the_runbook, about(row(inputs={"KeyId": "x"}), runbooks=[hungry]))

    assert 1 == len(found)
    assert "give KeyId a default in EncryptTopic.yaml" in found[0]


def test_family_with_two_workflows_is_reported(about: About, row: Row, told: Tell) -> None:
    family = [row(family="topics"), row(id="SNS.2", ids={"AFSBP": "SNS.2"}, family="topics", workflow="NOTIFIED")]
    expected = [
        "control SNS.2: workflow: differs from SNS.1's, which is of the same family 'topics'\n"
        "    hint: a family shares one document"
    ]

    assert expected == told(rows.families_agree, about(*family))


def test_family_of_two_types_with_one_pattern_is_allowed(about: About, row: Row, told: Tell) -> None:
    first = row(family="topics")
    other = replace(first.resource, type="AWS::SNS::Subscription")
    family = [first, row(id="SNS.2", ids={"AFSBP": "SNS.2"}, family="topics", resource=other)]

    assert not told(rows.families_agree, about(*family))
    differing = row(id="SNS.2", ids={}, family="topics", resource=replace(other, parameter="Name"))
    assert told(rows.families_agree, about(first, differing))


def test_document_that_does_not_bear_the_lowest_id_is_reported(about: About, row: Row, told: Tell) -> None:
    class Odd(Consolidated):
        def document_name(self, control: Control) -> str:
            return "ASR-SC_2.0.0_SNS.10"

    family = [row(id="SNS.9", family="topics"), row(id="SNS.10", family="topics")]
    found = told(rows.documents_bear_the_lowest_id, about(*family, kinds=(Odd,)))
    expected = "control SNS.9: ids.SC: its document is called ASR-SC_2.0.0_SNS.10, not ASR-SC_2.0.0_SNS.9"

    assert expected == found[0]


def test_two_controls_with_one_switch_are_reported(about: About, row: Row, told: Tell) -> None:
    found = told(rows.switches_differ, about(row(id="EC2.13"), row(id="EC21.3")))
    expected = [
        "control EC21.3: id: its stack parameter ControlEC213 is EC2.13's already\n    hint: rename one of them"
    ]

    assert expected == found


def test_runbook_that_deletes_needs_a_row_that_says_so(about: About, row: Row, runbook: Make, told: Tell) -> None:
    deleting = runbook(('"set_topic_attributes", these', '"delete_topic", these'))
    found = told(rows.risks_are_stated, about(row(), runbooks=[deleting]))
    expected = ["control SNS.1: risk: 'low', but the plan calls sns:delete_topic\n    hint: write risk='deletes'"]

    assert expected == found
    assert not told(rows.risks_are_stated, about(row(risk="deletes"), runbooks=[deleting]))


def test_document_that_refuses_its_own_findings_is_reported(about: About, row: Row, told: Tell) -> None:
    class Strict(Consolidated):
        def control_documents(self) -> dict[str, Any]:
            found = super().control_documents()
            for document in found.values():
                document["mainSteps"][0]["inputs"]["InputPayload"]["expected_control_id"] = ["SNS.7"]
            return found

    found = told(documents.findings_pass_the_parser, about(row(), kinds=(Strict,)))

    assert 3 == len(found)
    assert all(problem.startswith("ASR-SC_2.0.0_SNS.1: step ParseInput: refuses a finding") for problem in found)


def test_output_that_the_parser_does_not_return_is_reported(about: About, row: Row, told: Tell) -> None:
    class Dead(Consolidated):
        def control_documents(self) -> dict[str, Any]:
            found = super().control_documents()
            for document in found.values():
                document["mainSteps"][0]["outputs"].append({"Name": "X", "Selector": "$.Payload.X", "Type": "String"})
            return found

    found = told(documents.findings_pass_the_parser, about(row(), kinds=(Dead,)))

    assert "a finding of SNS.1 gives no X, which output X takes" in found[0]


def test_one_name_with_two_contents_is_reported(about: About, row: Row, told: Tell) -> None:
    class Other(Foundational):
        def remediation_documents(self) -> dict[str, Any]:
            found = super().remediation_documents()
            return {name: {**document, "description": "Another."} for name, document in found.items()}

    found = told(documents.names_have_one_content, about(row(), kinds=(Consolidated, Other)))
    expected = ["ASR-EncryptTopic: playbook AFSBP gives it another content than SC\n    hint: one name has one content"]

    assert expected == found


def test_all_problems_are_told_in_one_run_sorted_by_place(row: Row, runbook: Make) -> None:
    broken = runbook(('aws("sns")', 'aws("sms")'), change=())
    known = {broken.name: broken}
    bad = row(note="", ids={"NOPE": "1"})
    found = problems([Consolidated(known, [bad])], known, Names())
    places = [problem.place for problem in found]
    wanted = [
        "EncryptTopic.py:6",
        "EncryptTopic.py:7",
        "EncryptTopic.py:11",
        "control SNS.1: ids.NOPE",
        "control SNS.1: note",
    ]

    assert wanted == [place for place in places if place in wanted]


def test_rules_never_raise_whatever_is_missing(about: About, row: Row, told: Tell) -> None:
    subject = about(row(runbook="Nowhere"), row(id="SNS.2", inputs={"Nothing": 1}))
    found = [problem for check in CATALOG_CHECKS for problem in told(check, subject)]

    assert found
