"""EnableMultiAZOnRDSInstance: a standby in a second Availability Zone. On plain moto a change settles at once."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto.rds.models import rds_backends

from asr_templates.embedded.runner import run
from asr_templates.loading import OWN_RUNBOOKS, package_folder

RUNBOOK = "EnableMultiAZOnRDSInstance"


class Database:
    """A DB instance in subnets of some Availability Zones."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.rds = boto3.client("rds")
        self.ec2 = boto3.client("ec2")

    def create(self, zones: str = "ab", **properties: Any) -> str:
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            self.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
            for number, zone in enumerate(zones)
        ]
        group = self.rds.create_db_subnet_group(
            DBSubnetGroupName="orders",
            DBSubnetGroupDescription="orders",
            SubnetIds=[subnet["Subnet"]["SubnetId"] for subnet in subnets],
        )["DBSubnetGroup"]["DBSubnetGroupName"]
        wanted = {
            "DBInstanceIdentifier": "orders",
            "DBInstanceClass": "db.t3.micro",
            "Engine": "postgres",
            "AllocatedStorage": 20,
            "MasterUsername": "ann",
            "MasterUserPassword": "correct horse",
            "DBSubnetGroupName": group,
            **properties,
        }
        return str(self.rds.create_db_instance(**wanted)["DBInstance"]["DBInstanceArn"])

    def describe(self) -> Any:
        instance = self.rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0]
        return {key: instance[key] for key in ("MultiAZ", "DBInstanceStatus", "DBInstanceClass", "Engine")}

    def is_now(self, **attributes: Any) -> None:
        """Put the instance into a state that no call of moto's leads to."""
        for name, value in attributes.items():
            setattr(rds_backends[self.account]["us-east-1"].databases["orders"], name, value)


@pytest.fixture
def database(account: str) -> Database:
    return Database(account)


def test_instance_gets_a_standby(prove: Callable[..., Any], database: Database) -> None:
    arn = database.create()

    def drift() -> None:
        database.rds.modify_db_instance(DBInstanceIdentifier="orders", MultiAZ=False, ApplyImmediately=True)

    applied = prove(RUNBOOK, database.describe, drift=drift, RDSInstanceARN=arn)
    assert (False, True) == (applied["Before"]["MultiAZ"], applied["After"]["MultiAZ"])


def test_instance_with_a_standby_is_left_alone(remediation: Callable[[str], Any], database: Database) -> None:
    arn = database.create(MultiAZ=True)

    assert "NoChange" == remediation(RUNBOOK)(RDSInstanceARN=arn)["Status"]


def test_instance_that_is_gone_is_no_change(remediation: Callable[[str], Any], database: Database) -> None:
    arn = "arn:aws:rds:us-east-1:123456789012:db:gone"
    output = remediation(RUNBOOK)(RDSInstanceARN=arn)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


def test_subnets_of_one_availability_zone_are_refused(remediation: Callable[[str], Any], database: Database) -> None:
    arn = database.create(zones="aa")
    output = remediation(RUNBOOK)(RDSInstanceARN=arn)

    expected = "its subnet group lies in one Availability Zone"
    assert ("Refused", expected) == (output["Status"], output["Message"])


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"status": "modifying"}, "the instance is modifying, not available"),
        ({"status": "stopped"}, "the instance is stopped, not available"),
        ({"db_cluster_identifier": "fleet"}, "a member of cluster fleet: its standby is another member"),
        ({"engine": "custom-oracle-ee"}, "custom-oracle-ee has no Multi-AZ setting of its own"),
        (
            {"pending_modified_values": {"DBInstanceClass": "db.m7g.large", "BackupRetentionPeriod": 0}},
            "BackupRetentionPeriod, DBInstanceClass would be applied at once too: it waits for the maintenance window",
        ),
    ],
)
def test_instance_that_must_not_be_touched_is_refused_with_the_reason(
    remediation: Callable[[str], Any], database: Database, attributes: dict[str, str], expected: str
) -> None:
    arn = database.create()
    database.is_now(**attributes)
    before = database.describe()

    output = remediation(RUNBOOK)(RDSInstanceARN=arn)

    assert ("Refused", expected, []) == (output["Status"], output["Message"], output["Changes"])
    assert before == database.describe()


def test_instance_with_a_standby_is_left_alone_whatever_waits(
    remediation: Callable[[str], Any], database: Database
) -> None:
    arn = database.create(MultiAZ=True)
    database.is_now(pending_modified_values={"DBInstanceClass": "db.m7g.large"})

    assert "NoChange" == remediation(RUNBOOK)(RDSInstanceARN=arn)["Status"]


def test_undo_sets_off_nothing_that_was_queued_since(remediation: Callable[[str], Any], database: Database) -> None:
    arn = database.create()
    applied = remediation(RUNBOOK)(RDSInstanceARN=arn)
    database.is_now(pending_modified_values={"DBInstanceClass": "db.m7g.large"})

    refused = remediation(RUNBOOK)("Undo", applied, RDSInstanceARN=arn)

    expected = "cannot be undone: the resource was changed since"
    assert ("Refused", expected, []) == (refused["Status"], refused["Message"], refused["Changes"])


def test_read_replica_of_sql_server_is_refused() -> None:
    """Moto has no such replica: what DescribeDBInstances says of one is given to the plan."""
    replica = {
        "DBInstanceIdentifier": "orders-2",
        "DBInstanceStatus": "available",
        "Engine": "sqlserver-ee",
        "MultiAZ": False,
        "PendingModifiedValues": {},
        "ReadReplicaSourceDBInstanceIdentifier": "orders",
    }
    rds = SimpleNamespace(describe_db_instances=lambda Filters: {"DBInstances": [replica]})
    plan = runpy.run_path(str(package_folder(OWN_RUNBOOKS) / f"{RUNBOOK}.py"))["plan"]

    output = run(plan, {"Mode": "Preview", "RDSInstanceARN": "arn"}, lambda service: rds)

    assert ("Refused", "a read replica of SQL Server cannot have a standby") == (output["Status"], output["Message"])
