"""EnableEnhancedMonitoringOnRDSInstance: metrics of the operating system go to CloudWatch Logs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from moto.iam import models

RUNBOOK = "EnableEnhancedMonitoringOnRDSInstance"
ROLE = "ASR-RDSMonitoring-us-east-1"
POLICY = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
PLACE = {"AccountId": "123456789012", "Partition": "aws", "Region": "us-east-1"}
ANY: dict[str, Any] = {**PLACE, "monitoringInterval": 0}


@pytest.fixture(autouse=True)
def _policies_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "load_iam_aws_managed_policies", lambda: True)


@pytest.fixture
def iam(account: str) -> Any:
    return boto3.client("iam")


def make_role(iam: Any, name: str = ROLE, *tags: dict[str, str]) -> str:
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    return str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=list(tags))["Role"]["Arn"])


def operations(output: Any) -> list[str]:
    return [change["operation"] for change in output["Changes"]]


def test_instance_is_monitored_by_a_role_that_only_its_account_can_use(
    prove: Callable[..., Any], databases: Any, iam: Any
) -> None:
    arn = databases.instance()

    def describe() -> Any:
        seen = databases.describe()
        roles = [role["RoleName"] for role in iam.list_roles()["Roles"]]
        return {key: seen.get(key) for key in ("MonitoringInterval", "DBInstanceStatus")}, roles

    applied = prove(RUNBOOK, describe, drift=lambda: databases.modify(MonitoringInterval=30), RDSInstanceARN=arn, **ANY)

    condition = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    trust = iam.get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
    attached = iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
    assert ["create_role", "attach_role_policy", "modify_db_instance"] == operations(applied)
    assert [condition] == [statement["Condition"] for statement in trust["Statement"]]
    assert [POLICY] == [policy["PolicyArn"] for policy in attached]


def test_second_instance_of_the_region_uses_the_same_role(remediation: Callable[[str], Any], databases: Any) -> None:
    first, second = databases.instance(), databases.instance("second")
    run = remediation(RUNBOOK)
    run(RDSInstanceARN=first, **ANY)

    assert ["modify_db_instance"] == operations(run(RDSInstanceARN=second, **ANY))


def test_role_does_not_go_with_an_undo_while_others_use_it(
    remediation: Callable[[str], Any], databases: Any, iam: Any
) -> None:
    first, second = databases.instance(), databases.instance("second")
    run = remediation(RUNBOOK)
    made = run(RDSInstanceARN=first, **ANY)
    used = run(RDSInstanceARN=second, **ANY)
    refused = run("Undo", made, RDSInstanceARN=first, **ANY)
    last = run("Undo", used, RDSInstanceARN=second, **ANY)
    undone = run("Undo", made, RDSInstanceARN=first, **ANY)

    assert ("Refused", []) == (refused["Status"], refused["Changes"])
    assert ("Undone", "Undone") == (last["Status"], undone["Status"])
    assert [] == iam.list_roles()["Roles"]


def test_interval_that_a_customer_has_set_is_taken_and_the_role_stays(
    remediation: Callable[[str], Any], databases: Any, iam: Any
) -> None:
    own = make_role(iam, "own")
    arn = databases.instance(MonitoringInterval=60, MonitoringRoleArn=own)
    run = remediation(RUNBOOK)
    lax = run(RDSInstanceARN=arn, **ANY)
    strict = run(RDSInstanceARN=arn, **PLACE, monitoringInterval=15)

    expected = {"DBInstanceIdentifier": "orders", "MonitoringInterval": 15}
    assert "NoChange" == lax["Status"]
    assert [expected] == [change["parameters"] for change in strict["Changes"]]
    assert (15, own) == tuple(databases.describe()[key] for key in ("MonitoringInterval", "MonitoringRoleArn"))


def test_run_that_broke_off_is_finished_by_the_next(
    remediation: Callable[[str], Any], databases: Any, iam: Any
) -> None:
    arn = databases.instance()
    make_role(iam, ROLE, {"Key": "ASR", "Value": "orders"})

    assert ["attach_role_policy", "modify_db_instance"] == operations(remediation(RUNBOOK)(RDSInstanceARN=arn, **ANY))


def test_role_of_somebody_else_is_not_used(remediation: Callable[[str], Any], databases: Any, iam: Any) -> None:
    arn = databases.instance()
    make_role(iam)
    output = remediation(RUNBOOK)(RDSInstanceARN=arn, **ANY)

    expected = f"role {ROLE} is not one of ours: it has no tag ASR"
    assert ("Refused", expected, []) == (output["Status"], output["Message"], output["Changes"])


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"status": "stopped"}, "the instance is stopped, not available"),
        ({"engine": "custom-oracle-ee"}, "custom-oracle-ee has no enhanced monitoring"),
        (
            {"db_cluster_identifier": "fleet"},
            "a member of Multi-AZ cluster fleet: set the monitoring interval of the cluster",
        ),
    ],
)
def test_instance_that_cannot_be_monitored_is_refused_with_the_reason(
    remediation: Callable[[str], Any], databases: Any, iam: Any, attributes: dict[str, str], expected: str
) -> None:
    arn = databases.instance()
    databases.is_now(**attributes)
    output = remediation(RUNBOOK)(RDSInstanceARN=arn, **ANY)

    assert ("Refused", expected, []) == (output["Status"], output["Message"], output["Changes"])


@pytest.mark.usefixtures("account")
def test_instance_that_is_gone_is_no_change(remediation: Callable[[str], Any]) -> None:
    output = remediation(RUNBOOK)(RDSInstanceARN="arn:aws:rds:us-east-1:123456789012:db:gone", **ANY)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
