"""EnablePrivateRepositoryScanning: images are scanned, by the repository's setting or by the registry's rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

RUNBOOK = "EnablePrivateRepositoryScanning"
NAME = "team/shop"


class Repository:
    """A repository in a namespace, whose images are not scanned."""

    def __init__(self) -> None:
        self.ecr = boto3.client("ecr")
        self.ecr.create_repository(repositoryName=NAME)

    def describe(self) -> Any:
        return self.ecr.describe_repositories(repositoryNames=[NAME])["repositories"][0]

    def registry_scans(self, kind: str, frequency: str, names: str) -> None:
        filters = [{"filter": names, "filterType": "WILDCARD"}]
        rules = [{"scanFrequency": frequency, "repositoryFilters": filters}]
        self.ecr.put_registry_scanning_configuration(scanType=kind, rules=rules)


@pytest.fixture
def repository(account: str) -> Repository:
    return Repository()


def test_images_are_scanned(prove: Callable[..., Any], repository: Repository) -> None:
    def drift() -> None:
        off = {"scanOnPush": False}
        repository.ecr.put_image_scanning_configuration(repositoryName=NAME, imageScanningConfiguration=off)

    prove(RUNBOOK, repository.describe, drift, RepositoryName=NAME)


@pytest.mark.parametrize(("kind", "frequency"), [("BASIC", "SCAN_ON_PUSH"), ("ENHANCED", "CONTINUOUS_SCAN")])
def test_repository_that_the_registry_scans_is_left_alone(
    remediation: Callable[[str], Any], repository: Repository, kind: str, frequency: str
) -> None:
    repository.registry_scans(kind, frequency, "team/*")

    assert "NoChange" == remediation(RUNBOOK)(RepositoryName=NAME)["Status"]


def test_repository_that_enhanced_scanning_leaves_out_is_refused(
    remediation: Callable[[str], Any], repository: Repository
) -> None:
    repository.registry_scans("ENHANCED", "CONTINUOUS_SCAN", "other/*")
    output = remediation(RUNBOOK)(RepositoryName=NAME)

    expected = "the registry has enhanced scanning, which leaves this repository out: add it to its rules"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_repository_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(RepositoryName="gone")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
