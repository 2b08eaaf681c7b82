"""One driver for every remediation: its rendered scripts on plain moto, in all modes.

A test says how a resource is broken and how a person sees what it is like; the driver proves the rest.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from functools import cache
from typing import Any
from unittest import mock

import boto3
import pytest
from moto.rds.models import rds_backends

from asr_templates.documents.remediation import remediation_document
from asr_templates.loading import load
from asr_templates.model import Document

Output = dict[str, Any]


@cache
def rendered(name: str) -> Document:
    return remediation_document(load().runbooks[name])


class Remediation:
    """The rendered scripts of a remediation runbook; waits cost nothing."""

    def __init__(self, name: str, clock: Any, packed: Callable[[Any], str]) -> None:
        document = rendered(name)
        self.steps = {step["name"]: step for step in document["mainSteps"] if step["action"] == "aws:executeScript"}
        self.clock = clock
        self.packed = packed

    def __call__(self, mode: str = "Apply", record: Output | None = None, **parameters: Any) -> Output:
        """Run the first step and, where the document goes on, Verify as after the wait."""
        event = {**parameters, "Mode": mode, "Record": self.packed(record) if record else ""}
        output = self._step(self.steps["Remediation"], event)
        if "Verify" in self.steps:
            output = self._step(self.steps["Verify"], {**event, "Earlier": output})
        return output

    def _step(self, step: Document, event: Output) -> Output:
        assert set(step["inputs"]["InputPayload"]) == set(event), step["name"]
        scope: dict[str, Any] = {}
        with mock.patch.object(time, "sleep", self.clock.sleep):
            exec(compile(step["inputs"]["Script"], step["name"], "exec"), scope)
        output: Output = scope[step["inputs"]["Handler"]](copy.deepcopy(event), None)
        return output


@pytest.fixture
def remediation(account: str, clock: Any, packed: Callable[[Any], str]) -> Callable[[str], Remediation]:
    """remediation("EnableX"): its scripts, in an empty account."""
    return lambda name: Remediation(name, clock, packed)


@pytest.fixture
def prove(remediation: Callable[[str], Remediation]) -> Callable[..., Output]:
    """prove(name, describe, drift, **parameters) proves all modes on a resource that is broken; gives Apply's output.

    describe: what a person sees of the resource. drift: what somebody changes after the remediation.
    """

    def prove_all(
        name: str, describe: Callable[[], Any], drift: Callable[[], object] | None = None, **parameters: Any
    ) -> Output:
        run = remediation(name)
        broken = describe()
        preview = run("Preview", **parameters)
        assert ("Preview", broken) == (preview["Status"], describe())
        assert preview["Changes"]

        applied = run(**parameters)
        fixed = describe()
        assert "Success" == applied["Status"], applied["Message"]
        assert without_undo(preview["Changes"]) == without_undo(applied["Changes"])
        assert broken != fixed

        again = run(**parameters)
        assert ("NoChange", [], fixed) == (again["Status"], again["Changes"], describe())

        undone = run("Undo", applied, **parameters)
        assert ("Undone", broken) == (undone["Status"], describe()), undone["Message"]

        if drift:
            record = run(**parameters)
            drift()
            drifted = describe()
            refused = run("Undo", record, **parameters)
            assert ("Refused", [], drifted) == (refused["Status"], refused["Changes"], describe())
        return applied

    return prove_all


def without_undo(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Changes as far as they are known beforehand: an inverse may hold parts of a response."""
    return [{**change, "undo": None} for change in changes]


class Groups:
    """Security groups of one VPC, and what a person sees of their rules: everything but the ids that AWS gives."""

    def __init__(self) -> None:
        self.ec2 = boto3.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        wanted = [{"Name": "vpc-id", "Values": [self.vpc]}]
        self.default = self.ec2.describe_security_groups(Filters=wanted)["SecurityGroups"][0]["GroupId"]

    def create(self, name: str = "office") -> str:
        return str(self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"])

    def prefix_list(self) -> str:
        made = self.ec2.create_managed_prefix_list(PrefixListName="p", MaxEntries=2, AddressFamily="IPv4")
        return str(made["PrefixList"]["PrefixListId"])

    def allow(self, group: str, *permissions: dict[str, Any], tags: dict[str, str] | None = None) -> None:
        """Add inbound rules, all with these tags."""
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=list(permissions), **tagged(tags))

    def allow_out(self, group: str, *permissions: dict[str, Any], tags: dict[str, str] | None = None) -> None:
        self.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=list(permissions), **tagged(tags))

    def describe(self, group: str) -> list[tuple[Any, ...]]:
        """Direction, protocol, ports, source, description and tags of each rule of a group."""
        wanted = [{"Name": "group-id", "Values": [group]}]
        rules = self.ec2.describe_security_group_rules(Filters=wanted)["SecurityGroupRules"]
        return sorted(map(seen, rules), key=repr)


def tagged(tags: dict[str, str] | None) -> dict[str, Any]:
    pairs = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
    return {"TagSpecifications": [{"ResourceType": "security-group-rule", "Tags": pairs}]} if tags else {}


def seen(rule: dict[str, Any]) -> tuple[Any, ...]:
    referenced = rule.get("ReferencedGroupInfo", {}).get("GroupId")
    return (
        "out" if rule["IsEgress"] else "in",
        (rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort")),
        rule.get("CidrIpv4") or rule.get("CidrIpv6") or rule.get("PrefixListId") or referenced,
        rule.get("Description", ""),
        tuple(sorted((tag["Key"], tag["Value"]) for tag in rule.get("Tags", []))),
    )


@pytest.fixture
def groups(account: str) -> Groups:
    return Groups()


class Databases:
    """The instance and the cluster "orders", their snapshots, and what a person sees of them."""

    def __init__(self, account: str) -> None:
        self.rds = boto3.client("rds")
        self.backend = rds_backends[account]["us-east-1"]
        self.owner = {"MasterUsername": "ann", "MasterUserPassword": "correct horse"}

    def instance(self, name: str = "orders", **properties: Any) -> str:
        """Make an instance; return its ARN. One of a cluster takes the owner from there."""
        owner = {} if "DBClusterIdentifier" in properties else {**self.owner, "AllocatedStorage": 20}
        wanted = {"DBInstanceClass": "db.t3.micro", "Engine": "postgres", **owner, **properties}
        return str(self.rds.create_db_instance(DBInstanceIdentifier=name, **wanted)["DBInstance"]["DBInstanceArn"])

    def cluster(self, **properties: Any) -> str:
        """Make an available cluster; return its ARN."""
        wanted = {"DBClusterIdentifier": "orders", "Engine": "aurora-postgresql", **self.owner, **properties}
        arn = str(self.rds.create_db_cluster(**wanted)["DBCluster"]["DBClusterArn"])
        self.rds.get_waiter("db_cluster_available").wait(DBClusterIdentifier="orders")
        return arn

    def snapshot(self, **properties: Any) -> str:
        """Take the snapshot "january" of the instance; return its ARN."""
        wanted = {"DBInstanceIdentifier": "orders", "DBSnapshotIdentifier": "january", **properties}
        return str(self.rds.create_db_snapshot(**wanted)["DBSnapshot"]["DBSnapshotArn"])

    def cluster_snapshot(self) -> str:
        """Take the snapshot "january" of the cluster; return its ARN."""
        names = {"DBClusterIdentifier": "orders", "DBClusterSnapshotIdentifier": "january"}
        return str(self.rds.create_db_cluster_snapshot(**names)["DBClusterSnapshot"]["DBClusterSnapshotArn"])

    def modify(self, **settings: Any) -> None:
        self.rds.modify_db_instance(DBInstanceIdentifier="orders", ApplyImmediately=True, **settings)

    def modify_cluster(self, **settings: Any) -> None:
        self.rds.modify_db_cluster(DBClusterIdentifier="orders", ApplyImmediately=True, **settings)

    def describe(self) -> dict[str, Any]:
        """Return the whole instance, but for times."""
        found = self.rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0]
        return {key: value for key, value in found.items() if not key.endswith("Time")}

    def describe_cluster(self) -> dict[str, Any]:
        """Return the whole cluster, but for times."""
        found = self.rds.describe_db_clusters(DBClusterIdentifier="orders")["DBClusters"][0]
        return {key: value for key, value in found.items() if not key.endswith("Time")}

    def is_now(self, **attributes: Any) -> None:
        """Put the instance into a state that no call of moto's leads to."""
        for name, value in attributes.items():
            setattr(self.backend.databases["orders"], name, value)


@pytest.fixture
def databases(account: str) -> Databases:
    return Databases(account)
