"""Findings as the simulator makes them: both shapes, and the parameters of a customer."""

from typing import Any

import pytest

from asr_templates.loading import load
from asr_templates.names import Names
from asr_templates.simulator.findings import finding

PLACE = ("222222222222", "eu-west-1", "arn:aws:ec2:eu-west-1:222222222222:security-group/sg-0123456789abcdef0")


def made(standard: str, control_id: str, **more: Any) -> dict[str, Any]:
    [playbook] = load().select([standard], [], Names())
    control = next(row for row in playbook.controls if row.id == control_id)
    return finding(playbook, control, *PLACE, **more)


def test_finding_is_consolidated_or_its_standards_own() -> None:
    ids = [made(standard, "EC2.13")["Id"].split("/finding/")[0] for standard in ("SC", "CIS120")]

    assert [
        "arn:aws:securityhub:eu-west-1:222222222222:security-control/EC2.13",
        "arn:aws:securityhub:eu-west-1:222222222222:subscription/cis-aws-foundations-benchmark/v/1.2.0/4.1",
    ] == ids


@pytest.mark.parametrize("standard", ["SC", "CIS120"])
def test_finding_carries_the_parameters_that_it_is_given(standard: str) -> None:
    found = made(standard, "EC2.13", parameters={"SplitRanges": ["true"]})

    assert {"Name": "SplitRanges", "Value": ["true"]} in found["Compliance"]["SecurityControlParameters"]


def test_same_control_and_resource_have_the_same_id() -> None:
    assert made("SC", "EC2.13")["Id"] == made("SC", "EC2.13", parameters={"SplitRanges": ["true"]})["Id"]
