"""DisablePublicAccessToRDSInstance: the name of the instance leads to a private address. On plain moto at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RUNBOOK = "DisablePublicAccessToRDSInstance"


def test_instance_becomes_private_and_nothing_else_is_set_off(prove: Callable[..., Any], databases: Any) -> None:
    arn = databases.instance(PubliclyAccessible=True)
    applied = prove(
        RUNBOOK, databases.describe, drift=lambda: databases.modify(PubliclyAccessible=True), RDSInstanceARN=arn
    )

    expected = {"DBInstanceIdentifier": "orders", "PubliclyAccessible": False}
    assert [expected] == [change["parameters"] for change in applied["Changes"]]


def test_member_of_an_aurora_cluster_becomes_private(prove: Callable[..., Any], databases: Any) -> None:
    databases.cluster()
    arn = databases.instance(Engine="aurora-postgresql", DBClusterIdentifier="orders", PubliclyAccessible=True)

    prove(RUNBOOK, databases.describe, RDSInstanceARN=arn)


def test_private_instance_is_left_alone(remediation: Callable[[str], Any], databases: Any) -> None:
    arn = databases.instance(PubliclyAccessible=False)

    assert "NoChange" == remediation(RUNBOOK)(RDSInstanceARN=arn)["Status"]


def test_instance_that_never_stops_being_modified_has_timed_out(
    remediation: Callable[[str], Any], databases: Any
) -> None:
    arn = databases.instance(PubliclyAccessible=True)
    databases.is_now(status="modifying")
    output = remediation(RUNBOOK)(RDSInstanceARN=arn)

    expected = "timed out: ['a modification of the instance']"
    assert ("Failed", expected, []) == (output["Status"], output["Message"], output["Changes"])
    assert output["TimedOut"]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"status": "stopped"}, "the instance is stopped, not available"),
        (
            {"db_cluster_identifier": "fleet"},
            "a member of Multi-AZ cluster fleet: restore the cluster without public access",
        ),
    ],
)
def test_instance_that_must_not_be_touched_is_refused_with_the_reason(
    remediation: Callable[[str], Any], databases: Any, attributes: dict[str, str], expected: str
) -> None:
    arn = databases.instance(PubliclyAccessible=True)
    databases.is_now(**attributes)
    output = remediation(RUNBOOK)(RDSInstanceARN=arn)

    assert ("Refused", expected, []) == (output["Status"], output["Message"], output["Changes"])


@pytest.mark.usefixtures("account")
def test_instance_that_is_gone_is_no_change(remediation: Callable[[str], Any]) -> None:
    output = remediation(RUNBOOK)(RDSInstanceARN="arn:aws:rds:us-east-1:123456789012:db:gone")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
