"""Broken resources of Amazon ECR."""

import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario


def repository_name(resource_id: str) -> str:
    """Return the name in a repository's ARN; it may have slashes of its own."""
    return resource_id.split(":repository/", 1)[1]


def unscanned_repository(place: Place) -> str:
    """A repository in a namespace, whose images are not scanned."""
    name = f"team/shop-{uuid.uuid4().hex[:8]}"
    made = place.client("ecr").create_repository(repositoryName=name, imageTagMutability="IMMUTABLE")
    return str(made["repository"]["repositoryArn"])


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole repository."""
    names = [repository_name(resource_id)]
    return dict(place.client("ecr").describe_repositories(repositoryNames=names)["repositories"][0])


def scans(place: Place, resource_id: str) -> bool:
    """Pushed images are scanned."""
    return bool(described(place, resource_id)["imageScanningConfiguration"]["scanOnPush"])


def stop_scanning(place: Place, resource_id: str) -> None:
    """Someone switches scanning off again."""
    place.client("ecr").put_image_scanning_configuration(
        repositoryName=repository_name(resource_id), imageScanningConfiguration={"scanOnPush": False}
    )


SCENARIOS = {"ECR.1": Scenario(unscanned_repository, scans, described, stop_scanning)}
