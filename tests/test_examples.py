"""The findings in examples/ are those that the simulator makes; `pytest --accept` writes them anew."""

import json
from functools import cache
from pathlib import Path

import pytest

from asr_templates.loading import load
from asr_templates.names import Names
from asr_templates.simulator.findings import Finding, finding

FOLDER = Path(__file__).parents[1] / "examples" / "findings"
MEMBER, REGION = "222222222222", "eu-west-1"
ACCOUNT_ITSELF = f"AWS::::Account:{MEMBER}"
RESOURCES = {
    "AWS::::Account": ACCOUNT_ITSELF,
    "AWS::EC2::SecurityGroup": f"arn:aws:ec2:{REGION}:{MEMBER}:security-group/sg-0123456789abcdef0",
    "AWS::RDS::DBInstance": f"arn:aws:rds:{REGION}:{MEMBER}:db:orders",
}


SHOWN = ("EC2.2", "EC2.7", "EC2.13", "IAM.7", "IAM.14", "RDS.5", "S3.1")
"""Controls with an example in each standard that has them."""


@cache
def examples() -> dict[str, Finding]:
    return {
        f"{playbook.key}-{playbook.control_id(control)}.json": finding(
            playbook, control, MEMBER, REGION, RESOURCES[control.resource.type]
        )
        for playbook in load().select([], [], Names())
        for control in playbook.controls
        if control.id in SHOWN
    }


@pytest.mark.parametrize("name", examples())
def test_example_is_a_finding_of_the_simulator(name: str, request: pytest.FixtureRequest) -> None:
    text = json.dumps(examples()[name], indent=2) + "\n"
    if request.config.getoption("--accept"):
        (FOLDER / name).write_text(text, "utf-8")

    assert text == (FOLDER / name).read_text("utf-8")


def test_there_is_no_other_example() -> None:
    assert sorted(examples()) == sorted(path.name for path in FOLDER.iterdir())
