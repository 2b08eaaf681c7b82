"""Modifications of clusters take their time; logging that is off says nothing else."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.gaps.redshift import MODIFICATION_SECONDS

ACCOUNT = "111111111111"
PRIVATE = {"ClusterIdentifier": "sales", "PubliclyAccessible": False}
NAMED = {"ClusterIdentifier": "sales"}


@pytest.fixture
def person(environment: Any) -> Any:
    redshift = environment.session(ACCOUNT).client("redshift", region_name="eu-west-1")
    redshift.create_cluster(
        ClusterIdentifier="sales",
        NodeType="ra3.large",
        MasterUsername="admin",
        MasterUserPassword="Not-a-secret-1",
        AllowVersionUpgrade=False,
        PubliclyAccessible=True,
    )
    return redshift


@pytest.fixture
def runbook(person: Any, worker: Any) -> Any:
    return worker.client("redshift", region_name="eu-west-1")


def state(redshift: Any) -> tuple[str, bool, dict[str, Any]]:
    found = redshift.describe_clusters(**NAMED)["Clusters"][0]
    return found["ClusterStatus"], found["PubliclyAccessible"], found["PendingModifiedValues"]


def logging(redshift: Any) -> dict[str, Any]:
    found = redshift.describe_logging_status(**NAMED)
    return {name: value for name, value in found.items() if name != "ResponseMetadata"}


def test_what_a_person_changes_is_settled_at_once(person: Any) -> None:
    person.modify_cluster(**PRIVATE)

    assert ("available", False, {}) == state(person)


def test_what_a_runbook_changes_is_pending_for_a_while(person: Any, runbook: Any) -> None:
    answered = runbook.modify_cluster(**PRIVATE)["Cluster"]
    seen = []
    scheduler.spawn(lambda: seen.append(state(person)), name="look", delay=MODIFICATION_SECONDS - 1)

    scheduler.run()

    assert ("modifying", {"PubliclyAccessible": False}) == (
        answered["ClusterStatus"],
        answered["PendingModifiedValues"],
    )
    assert [("modifying", True, {"PubliclyAccessible": False})] == seen
    assert ("available", False, {}) == state(person)


def test_upgrades_are_not_shown_as_pending(person: Any, runbook: Any) -> None:
    runbook.modify_cluster(**NAMED, AllowVersionUpgrade=True)
    meanwhile = state(person)
    scheduler.run()

    assert ("modifying", True, {}) == meanwhile
    assert person.describe_clusters(**NAMED)["Clusters"][0]["AllowVersionUpgrade"]


def test_a_change_that_changes_nothing_is_done_at_once(person: Any, runbook: Any) -> None:
    runbook.modify_cluster(**NAMED, PubliclyAccessible=True)

    assert ("available", True, {}) == state(person)


def test_cluster_that_is_not_available_can_be_changed_by_nobody(person: Any, runbook: Any) -> None:
    runbook.modify_cluster(**PRIVATE)

    for redshift in (person, runbook):
        with pytest.raises(ClientError, match="InvalidClusterState"):
            redshift.modify_cluster(**PRIVATE)
        with pytest.raises(ClientError, match="InvalidClusterState"):
            redshift.enable_logging(**NAMED, LogDestinationType="cloudwatch", LogExports=["userlog"])


@pytest.mark.parametrize("settings", [{"NodeType": "ra3.4xlarge"}, {"ElasticIp": "198.51.100.7"}], ids=str)
def test_other_settings_are_not_simulated(runbook: Any, settings: dict[str, str]) -> None:
    with pytest.raises(NotSimulated, match=next(iter(settings))):
        runbook.modify_cluster(**NAMED, **settings)


def test_logging_that_is_off_has_no_destination(person: Any) -> None:
    cloudwatch = {"LogDestinationType": "cloudwatch", "LogExports": ["userlog"]}
    before = logging(person)
    person.enable_logging(**NAMED, **cloudwatch)
    on = logging(person)
    person.disable_logging(**NAMED)

    assert {"LoggingEnabled": False} == before == logging(person)
    assert {"LoggingEnabled": True, **cloudwatch} == on


def test_cluster_that_is_gone_is_not_found(runbook: Any) -> None:
    with pytest.raises(ClientError, match="ClusterNotFound"):
        runbook.modify_cluster(**{**PRIVATE, "ClusterIdentifier": "gone"})
