"""Every remediation of the catalog, from finding to fixed resource."""

from pathlib import Path

import pytest

from asr_templates.catalog import CONTROLS
from asr_templates.playbook import Playbook
from asr_templates.simulator import Cloud
from asr_templates.simulator.proof import Proof

ADMIN, MEMBER = "111111111111", "222222222222"
HOME, ELSEWHERE = "us-east-1", "eu-west-1"

FIRST = {control.runbook: control.id for control in reversed(CONTROLS) if control.id != "IAM.10"}
"""Remediation -> one of its controls; `asr simulate --all` takes every control of every standard."""

ROWS = [("SC", control_id, MEMBER, ELSEWHERE) for control_id in FIRST.values()]
ROWS += [("SC", "EC2.14", MEMBER, ELSEWHERE), ("SC", "IAM.14", MEMBER, ELSEWHERE), ("PCI321", "IAM.10", MEMBER, HOME)]
ROWS += [("CIS120", "EC2.2", MEMBER, HOME), ("CIS120", "EC2.13", MEMBER, HOME), ("CIS120", "IAM.14", MEMBER, HOME)]
ROWS += [("SC", "EC2.13", ADMIN, HOME), ("SC", "S3.1", ADMIN, HOME)]


@pytest.fixture(scope="session")
def dist(whole_dist: Path) -> Path:
    return whole_dist


@pytest.mark.parametrize(("standard", "control_id", "account", "region"), ROWS, ids=["-".join(row) for row in ROWS])
def test_control_is_proven_from_finding_to_fixed_resource(
    cloud: Cloud, playbooks: dict[str, Playbook], standard: str, control_id: str, account: str, region: str
) -> None:
    playbook = playbooks[standard]
    control = next(control for control in playbook.controls if control.id == control_id)

    Proof(cloud, playbook, control, account, region).everything()
