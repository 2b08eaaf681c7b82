import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from asr_templates.cli import main
from asr_templates.loading import load
from asr_templates.model import Control
from asr_templates.names import Names
from asr_templates.playbook import Playbook
from asr_templates.simulator import Cloud
from asr_templates.simulator.findings import Finding, finding
from asr_templates.simulator.scenarios import Place, scenarios

ADMIN, MEMBER = "111111111111", "222222222222"
HOME, ELSEWHERE = "us-east-1", "eu-west-1"


FEW = ("EC2.2", "EC2.7", "EC2.13", "EC2.14", "IAM.14", "RDS.5", "S3.1")
"""What the tests of the orchestrator and of the stacks remediate: a cloud with few runbooks is up in seconds."""


def built(folder: Path, *options: str) -> Path:
    assert main(["build", "--no-lint", "--output", str(folder), *options]) == 0
    return folder


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chosen = [part for control in FEW for part in ("--control", control)]
    return built(tmp_path_factory.mktemp("few") / "dist", "--playbook", "SC", "--playbook", "CIS120", *chosen)


@pytest.fixture(scope="session")
def whole_dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("whole") / "dist")


@pytest.fixture(scope="module")
def cloud(dist: Path) -> Iterator[Cloud]:
    with Cloud(dist=dist) as launched:
        yield launched


@pytest.fixture(scope="session")
def playbooks() -> dict[str, Playbook]:
    return {playbook.key: playbook for playbook in load().select([], [], Names())}


Broken = Callable[..., Finding]


@pytest.fixture
def broken_in(playbooks: dict[str, Playbook]) -> Broken:
    """Breaks a resource in a cloud and returns its finding: broken_in(cloud, "4.3", standard="CIS120")."""

    def breaks(
        where: Cloud, control_id: str, standard: str = "SC", account: str = MEMBER, region: str = ELSEWHERE
    ) -> Finding:
        control = row(playbooks[standard], control_id)
        resource = scenarios()[control.id].broken(Place(where, account, region))
        return finding(playbooks[standard], control, account, region, resource)

    return breaks


@pytest.fixture
def broken(cloud: Cloud, broken_in: Broken) -> Broken:
    """Breaks a resource in the module's cloud: broken("EC2.2")."""
    return partial(broken_in, cloud)


def row(playbook: Playbook, control_id: str) -> Control:
    return next(control for control in playbook.controls if playbook.control_id(control) == control_id)


@pytest.fixture
def copied(dist: Path, tmp_path: Path) -> Path:
    """A copy of dist/ to sabotage."""
    return Path(shutil.copytree(dist, tmp_path / "dist"))
