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


def member_of_multi_az_cluster(place: Place) -> str:
    """An instance of a Multi-AZ DB cluster that takes no minor versions by itself."""
    cluster = cluster_with(
        place,
        Engine="postgres",
        DBClusterInstanceClass="db.m5d.large",
        AllocatedStorage=100,
        Iops=1000,
        StorageType="io1",
        AutoMinorVersionUpgrade=False,
    )
    return instance_with(place, Engine="postgres", DBClusterIdentifier=name_of(cluster), AutoMinorVersionUpgrade=False)


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


def cluster_around(place: Place, resource_id: str) -> str:
    """Return the ARN of the cluster that an instance belongs to."""
    return place.arn("rds", f"cluster:{instance_of(place, resource_id)['DBClusterIdentifier']}")


def described_around(place: Place, resource_id: str) -> list[dict[str, Any]]:
    """Return the whole instance, and the whole cluster that it belongs to."""
    return [instance_of(place, resource_id), cluster_of(place, cluster_around(place, resource_id))]


def cluster_around_upgrades(place: Place, resource_id: str) -> bool:
    """The cluster of an instance takes minor versions by itself."""
    return cluster_has("AutoMinorVersionUpgrade", True, place, cluster_around(place, resource_id))


def stop_upgrades_around(place: Place, resource_id: str) -> None:
    """Someone keeps the version of the instance's cluster again."""
    modify_cluster(place, cluster_around(place, resource_id), AutoMinorVersionUpgrade=False)


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
    """Someone shares the snapshot, of an instance or a cluster, with more accounts."""
    rds, name = place.client("rds"), name_of(resource_id)
    these: dict[str, Any] = {"AttributeName": "restore", "ValuesToAdd": accounts}
    if is_of_cluster(resource_id):
        rds.modify_db_cluster_snapshot_attribute(DBClusterSnapshotIdentifier=name, **these)
    else:
        rds.modify_db_snapshot_attribute(DBSnapshotIdentifier=name, **these)


def is_of_cluster(resource_id: str) -> bool:
    """Return whether a snapshot is one of a cluster."""
    return ":cluster-snapshot:" in resource_id


def sharers(place: Place, resource_id: str) -> dict[str, list[str]]:
    """Return the attributes of a snapshot, of an instance or a cluster: who may restore it."""
    rds, name = place.client("rds"), name_of(resource_id)
    if is_of_cluster(resource_id):
        found = rds.describe_db_cluster_snapshot_attributes(DBClusterSnapshotIdentifier=name)
        attributes = found["DBClusterSnapshotAttributesResult"]["DBClusterSnapshotAttributes"]
    else:
        found = rds.describe_db_snapshot_attributes(DBSnapshotIdentifier=name)
        attributes = found["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
    return {each["AttributeName"]: sorted(each["AttributeValues"]) for each in attributes}


def public_cluster_snapshot(place: Place) -> str:
    """A snapshot of a cluster that everybody may restore, besides an account that is named."""
    rds, cluster, name = place.client("rds"), name_of(cluster_with(place)), new_name()
    made = rds.create_db_cluster_snapshot(DBClusterIdentifier=cluster, DBClusterSnapshotIdentifier=name)
    snapshot = str(made["DBClusterSnapshot"]["DBClusterSnapshotArn"])
    share(["all", "999999999999"], place, snapshot)
    return snapshot


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


def snapshot_with_copy(place: Place) -> str:
    """A snapshot whose encrypted copy an earlier run has made."""
    snapshot = snapshot_with(place)
    place.client("rds").copy_db_snapshot(
        SourceDBSnapshotIdentifier=name_of(snapshot),
        TargetDBSnapshotIdentifier=f"asr-{name_of(snapshot)}",
        KmsKeyId="alias/aws/rds",
        Tags=[{"Key": "ASR", "Value": name_of(snapshot)}],
    )
    return snapshot


def snapshots_named_after(place: Place, resource_id: str) -> dict[str, dict[str, Any]]:
    """Return name -> snapshot, of a snapshot and its copy, as far as they are there."""
    pages = place.client("rds").get_paginator("describe_db_snapshots").paginate(SnapshotType="manual")
    found = [snapshot for page in pages for snapshot in page["DBSnapshots"]]
    names = [name_of(resource_id), f"asr-{name_of(resource_id)}"]
    return {each["DBSnapshotIdentifier"]: each for each in found if each["DBSnapshotIdentifier"] in names}


def is_retired(place: Place, resource_id: str) -> bool:
    """The encrypted copy is all that is left."""
    left = snapshots_named_after(place, resource_id)
    return {name: each["Encrypted"] for name, each in left.items()} == {f"asr-{name_of(resource_id)}": True}


def drop_both(place: Place, resource_id: str) -> None:
    """Someone deletes what is left."""
    for name in snapshots_named_after(place, resource_id):
        place.client("rds").delete_db_snapshot(DBSnapshotIdentifier=name)


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

VARIANTS = {
    "RDS.1, a snapshot of a cluster": Scenario(
        public_cluster_snapshot, is_private, sharers, partial(share, ["888888888888"])
    ),
    "RDS.4, a snapshot to retire": Scenario(
        snapshot_with_copy, is_retired, snapshots_named_after, drop_both, {"Retire": ["true"]}
    ),
    "RDS.13, a member of a Multi-AZ cluster": Scenario(
        member_of_multi_az_cluster, cluster_around_upgrades, described_around, stop_upgrades_around
    ),
}
