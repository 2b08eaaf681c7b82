"""Broken resources of Amazon RDS."""

import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario


def single_instance(place: Place) -> str:
    """A DB instance without a standby, in a subnet group of two Availability Zones."""
    ec2, rds = place.client("ec2"), place.client("rds")
    name = f"orders-{uuid.uuid4().hex[:8]}"
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = [f"{place.region}a", f"{place.region}b"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for number, zone in enumerate(zones)
    ]
    rds.create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription=name, SubnetIds=subnets)
    instance = rds.create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t3.micro",
        Engine="mysql",
        AllocatedStorage=20,
        MasterUsername="admin",
        MasterUserPassword="not-a-secret",
        DBSubnetGroupName=name,
        MultiAZ=False,
    )
    return str(instance["DBInstance"]["DBInstanceArn"])


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole instance, but for the times that RDS notes."""
    name = resource_id.rsplit(":", 1)[1]
    instance = place.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    return {key: value for key, value in instance.items() if not key.endswith("Time")}


def has_standby(place: Place, resource_id: str) -> bool:
    """The instance is Multi-AZ and at rest."""
    instance = described(place, resource_id)
    return bool(instance["MultiAZ"]) and instance["DBInstanceStatus"] == "available"


def remove_standby(place: Place, resource_id: str) -> None:
    """Someone takes the standby away again."""
    name = resource_id.rsplit(":", 1)[1]
    place.client("rds").modify_db_instance(DBInstanceIdentifier=name, MultiAZ=False, ApplyImmediately=True)


SCENARIOS = {"RDS.5": Scenario(single_instance, has_standby, described, remove_standby)}
