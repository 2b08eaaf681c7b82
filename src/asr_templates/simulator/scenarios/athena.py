"""Broken resources of Amazon Athena."""

import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario


def workgroup_name(resource_id: str) -> str:
    """Return the name in a workgroup's ARN."""
    return resource_id.split(":workgroup/", 1)[1]


def silent_workgroup(place: Place) -> str:
    """A workgroup that publishes no metrics, with settings that must stay."""
    name = f"sales-{uuid.uuid4().hex[:8]}"
    place.client("athena").create_work_group(
        Name=name,
        Description="Sales reports",
        Configuration={
            "EnforceWorkGroupConfiguration": True,
            "PublishCloudWatchMetricsEnabled": False,
            "BytesScannedCutoffPerQuery": 10**9,
            "ResultConfiguration": {"OutputLocation": "s3://sales-reports/"},
        },
    )
    return place.arn("athena", f"workgroup/{name}")


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole workgroup, but for when it was made."""
    found = place.client("athena").get_work_group(WorkGroup=workgroup_name(resource_id))
    return {name: value for name, value in found["WorkGroup"].items() if name != "CreationTime"}


def publishes(place: Place, resource_id: str) -> bool:
    """The workgroup publishes its metrics."""
    return bool(described(place, resource_id)["Configuration"]["PublishCloudWatchMetricsEnabled"])


def stop_publishing(place: Place, resource_id: str) -> None:
    """Someone switches the metrics off again."""
    place.client("athena").update_work_group(
        WorkGroup=workgroup_name(resource_id), ConfigurationUpdates={"PublishCloudWatchMetricsEnabled": False}
    )


SCENARIOS = {"Athena.4": Scenario(silent_workgroup, publishes, described, stop_publishing)}
