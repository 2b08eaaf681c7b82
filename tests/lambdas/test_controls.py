from typing import Any

import pytest

from asr_templates.lambdas.controls import Controls
from asr_templates.lambdas.outcomes import Decided, Outcome

HUB = "arn:aws:securityhub:eu-west-1:222222222222"
CIS = "cis-aws-foundations-benchmark/v/1.2.0"


@pytest.mark.parametrize(
    ("projection", "playbook", "control", "document"),
    [
        ({"Id": f"{HUB}:security-control/EC2.2/finding/1"}, "SC", "EC2.2", "ASR-SC_2.0.0_EC2.2"),
        ({"Id": f"{HUB}:subscription/{CIS}/4.3/finding/1"}, "CIS120", "4.3", "ASR-CIS_1.2.0_4.3"),
        ({"Id": "unusable", "GeneratorId": "security-control/EC2.14"}, "SC", "EC2.14", "ASR-SC_2.0.0_EC2.13"),
        ({"Id": "unusable", "GeneratorId": f"{CIS}/1.5"}, "CIS120", "1.5", "ASR-CIS_1.2.0_1.5"),
        (
            {"Id": "unusable", "GeneratorId": f"arn:aws:securityhub:::ruleset/{CIS}/rule/4.2"},
            "CIS120",
            "4.2",
            "ASR-CIS_1.2.0_4.1",
        ),
    ],
)
def test_a_control_is_found_in_every_shape_of_finding(
    controls: Controls, projection: dict[str, Any], playbook: str, control: str, document: str
) -> None:
    row = controls.resolve(projection)

    assert (playbook, control, document) == (row.playbook, row.control, row.document)


def test_the_security_control_behind_a_standards_id_is_known(controls: Controls) -> None:
    row = controls.resolve({"Id": f"{HUB}:subscription/{CIS}/4.3/finding/1"})

    assert ("EC2.2",) == row.security_controls


@pytest.mark.parametrize(
    ("projection", "reason"),
    [
        ({"Id": f"{HUB}:security-control/EC2.9999/finding/1"}, "the playbook SC (security-control) has no runbook"),
        (
            {"Id": f"{HUB}:subscription/pci-dss/v/9.9/PCI.1/finding/1"},
            "no playbook is installed for the standard pci-dss 9.9 (PCI.1)",
        ),
        ({"Id": f"{HUB}:subscription/{CIS.replace('1.2.0', '1.3.0')}/4.3/finding/1"}, "no playbook is installed"),
        ({"Id": "arn:aws:guardduty:eu-west-1:222222222222:detector/1/finding/1"}, "neither Id nor GeneratorId"),
        ({}, "neither Id nor GeneratorId"),
    ],
)
def test_a_control_without_a_runbook_has_the_nearest_reason(
    controls: Controls, projection: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Decided) as caught:
        controls.resolve(projection)

    assert Outcome.NO_RUNBOOK == caught.value.outcome
    assert reason in caught.value.message


def test_of_several_security_controls_the_finding_names_its_own() -> None:
    row = {"security_controls": ["A.1", "A.2"], "document": "D", "pattern": ".*"}
    playbook = {"standard": "s", "version": "1", "controls": {"1": row}}
    controls = Controls({"playbooks": {"S": playbook}})
    projection = {"Id": f"{HUB}:subscription/s/v/1/1/finding/1"}

    assert ("A.1", "A.2") == controls.resolve(projection).security_controls
    named = {**projection, "Compliance": {"SecurityControlId": "A.2"}}
    assert ("A.2",) == controls.resolve(named).security_controls


def test_the_pattern_takes_the_id_out_of_the_resource(controls: Controls) -> None:
    row = controls.resolve({"Id": f"{HUB}:security-control/EC2.2/finding/1"})

    assert "sg-01234567" == row.captured("arn:aws:ec2:us-east-1:111111111111:security-group/sg-01234567")
    assert "" == row.captured("anything else")
