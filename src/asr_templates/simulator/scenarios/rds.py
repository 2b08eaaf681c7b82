"""Broken resources of Amazon RDS."""

import uuid
from functools import partial
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario


def name_of(resource_id: str) -> str:
    """Return the name in an ARN of RDS; those of automated snapshots have a colon of their own."""
    return resource_id.split(":", 6)[6]


def new_name() -> str:
    """Return a name that no other database has."""
    return f"orders-{uuid.uuid4().hex[:8]}"


def instance_with(place: Place, **properties: Any) -> str:
    """A DB instance without a standby, in a subnet group of two Availability Zones."""
    ec2, rds = place.client("ec2"), place.client("rds")
    name = new_name()
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = [f"{place.region}a", f"{place.region}b"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for number, zone in enumerate(zones)
    ]
    rds.create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription=name, SubnetIds=subnets)
    wanted = {
        "DBInstanceIdentifier": name,
        "DBInstanceClass": "db.t3.micro",
        "Engine": "mysql",
        "AllocatedStorage": 20,
        "MasterUsername": "admin",
        "MasterUserPassword": "not-a-secret",
        "DBSubnetGroupName": name,
        "Tags": [{"Key": "team", "Value": "web"}],
        **properties,
    }
    return str(rds.create_db_instance(**wanted)["DBInstance"]["DBInstanceArn"])


def cluster_with(place: Place, **properties: Any) -> str:
    """An Aurora cluster that is available."""
    rds = place.client("rds")
    name = new_name()
    wanted = {
        "DBClusterIdentifier": name,
        "Engine": "aurora-mysql",
        "MasterUsername": "admin",
        "MasterUserPassword": "not-a-secret",
        "Tags": [{"Key": "team", "Value": "web"}],
        **properties,
    }
    arn = str(rds.create_db_cluster(**wanted)["DBCluster"]["DBClusterArn"])
    rds.get_waiter("db_cluster_available").wait(DBClusterIdentifier=name)
    return arn


def instance_of(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole instance, but for the times that RDS notes."""
    found = place.client("rds").describe_db_instances(DBInstanceIdentifier=name_of(resource_id))["DBInstances"][0]
    return {key: value for key, value in found.items() if not key.endswith("Time")}


def cluster_of(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole cluster, but for the times that RDS notes."""
    found = place.client("rds").describe_db_clusters(DBClusterIdentifier=name_of(resource_id))["DBClusters"][0]
    return {key: value for key, value in found.items() if not key.endswith("Time")}


def instance_has(setting: str, value: object, place: Place, resource_id: str) -> bool:
    """The instance has a setting and is at rest."""
    instance = instance_of(place, resource_id)
    return (instance[setting], instance["DBInstanceStatus"]) == (value, "available")


def cluster_has(setting: str, value: object, place: Place, resource_id: str) -> bool:
    """The cluster has a setting and is at rest."""
    cluster = cluster_of(place, resource_id)
    return (cluster[setting], cluster["Status"]) == (value, "available")


def modify_instance(place: Place, resource_id: str, **settings: Any) -> None:
    """Someone changes the instance."""
    rds = place.client("rds")
    rds.modify_db_instance(DBInstanceIdentifier=name_of(resource_id), ApplyImmediately=True, **settings)


def modify_cluster(place: Place, resource_id: str, **settings: Any) -> None:
    """Someone changes the cluster."""
    rds = place.client("rds")
    rds.modify_db_cluster(DBClusterIdentifier=name_of(resource_id), ApplyImmediately=True, **settings)


def instance_setting(setting: str, broken: object, fixed: object) -> Scenario:
    """A setting of an instance that is wrong, and that somebody sets back after the remediation."""
    wrong: dict[str, Any] = {setting: broken}
    return Scenario(
        broken=partial(instance_with, **wrong),
        fixed=partial(instance_has, setting, fixed),
        described=instance_of,
        drifted=partial(modify_instance, **wrong),
    )


def cluster_setting(setting: str, broken: object, fixed: object) -> Scenario:
    """A setting of a cluster that is wrong, and that somebody sets back after the remediation."""
    wrong: dict[str, Any] = {setting: broken}
    return Scenario(
        broken=partial(cluster_with, **wrong),
        fixed=partial(cluster_has, setting, fixed),
        described=cluster_of,
        drifted=partial(modify_cluster, **wrong),
    )


def monitoring_roles(place: Place) -> list[str]:
    """Return the roles of this region's enhanced monitoring."""
    pages = place.client("iam").get_paginator("list_roles").paginate()
    roles = [role["RoleName"] for page in pages for role in page["Roles"]]
    return [role for role in roles if role.endswith(f"-RDSMonitoring-{place.region}")]


def unmonitored(place: Place) -> str:
    """A DB instance without enhanced monitoring, the first one of its region."""
    iam = place.client("iam")
    for role in monitoring_roles(place):
        for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
        iam.delete_role(RoleName=role)
    return instance_with(place)


def monitoring_of(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole instance, and the roles of enhanced monitoring."""
    return {**instance_of(place, resource_id), "Roles": monitoring_roles(place)}


def unmonitor(place: Place, resource_id: str) -> None:
    """Someone switches enhanced monitoring off again."""
    modify_instance(place, resource_id, MonitoringInterval=0)


def snapshot_with(place: Place, **properties: Any) -> str:
    """A snapshot that somebody took of an instance, with tags."""
    rds, instance, name = place.client("rds"), name_of(instance_with(place, **properties)), new_name()
    tags = [{"Key": "team", "Value": "web"}]
    made = rds.create_db_snapshot(DBInstanceIdentifier=instance, DBSnapshotIdentifier=name, Tags=tags)
    return str(made["DBSnapshot"]["DBSnapshotArn"])


def public_snapshot(place: Place) -> str:
    """A snapshot that everybody may restore, besides an account that is named."""
    snapshot = snapshot_with(place)
    share(["all", "999999999999"], place, snapshot)
    return snapshot


def share(accounts: list[str], place: Place, resource_id: str) -> None:
    """Someone shares the snapshot with more accounts."""
    place.client("rds").modify_db_snapshot_attribute(
        DBSnapshotIdentifier=name_of(resource_id), AttributeName="restore", ValuesToAdd=accounts
    )


def sharers(place: Place, resource_id: str) -> dict[str, list[str]]:
    """Return the attributes of a snapshot: who may restore it."""
    found = place.client("rds").describe_db_snapshot_attributes(DBSnapshotIdentifier=name_of(resource_id))
    attributes = found["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
    return {each["AttributeName"]: sorted(each["AttributeValues"]) for each in attributes}


def is_private(place: Place, resource_id: str) -> bool:
    """Only the account that is named may restore the snapshot."""
    return sharers(place, resource_id)["restore"] == ["999999999999"]


def snapshots_of(place: Place, resource_id: str) -> list[dict[str, Any]]:
    """Return the snapshots of the same instance, but for the times that RDS notes."""
    rds = place.client("rds")
    source = rds.describe_db_snapshots(DBSnapshotIdentifier=name_of(resource_id))["DBSnapshots"][0]
    pages = rds.get_paginator("describe_db_snapshots").paginate(DBInstanceIdentifier=source["DBInstanceIdentifier"])
    found = [snapshot for page in pages for snapshot in page["DBSnapshots"] if snapshot["SnapshotType"] == "manual"]
    return [{key: value for key, value in each.items() if not key.endswith("Time")} for each in found]


def has_encrypted_copy(place: Place, resource_id: str) -> bool:
    """A copy of the snapshot is encrypted and at rest, and has the snapshot's tags; the snapshot is still there."""
    source, *copies = snapshots_of(place, resource_id)
    kept = all(tag in copy["TagList"] for copy in copies for tag in source["TagList"])
    return kept and [(copy["Encrypted"], copy["Status"]) for copy in copies] == [(True, "available")]


def drop_copy(place: Place, resource_id: str) -> None:
    """Someone deletes the encrypted copy."""
    for copy in snapshots_of(place, resource_id)[1:]:
        place.client("rds").delete_db_snapshot(DBSnapshotIdentifier=copy["DBSnapshotIdentifier"])


SCENARIOS = {
    "RDS.1": Scenario(public_snapshot, is_private, sharers, partial(share, ["888888888888"])),
    "RDS.2": instance_setting("PubliclyAccessible", True, False),
    "RDS.4": Scenario(snapshot_with, has_encrypted_copy, snapshots_of, drop_copy),
    "RDS.5": instance_setting("MultiAZ", False, True),
    "RDS.6": Scenario(unmonitored, partial(instance_has, "MonitoringInterval", 60), monitoring_of, unmonitor),
    "RDS.7": cluster_setting("DeletionProtection", False, True),
    "RDS.8": instance_setting("DeletionProtection", False, True),
    "RDS.13": instance_setting("AutoMinorVersionUpgrade", False, True),
    "RDS.16": cluster_setting("CopyTagsToSnapshot", False, True),
}
