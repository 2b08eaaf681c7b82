"""EBS snapshots: who may restore them, and the region's block of public access."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.errors import NotSimulated

ACCOUNT = "111111111111"


@pytest.fixture
def ec2(environment: Any) -> Any:
    return environment.session(ACCOUNT).client("ec2", region_name="eu-west-1")


@pytest.fixture
def snapshot(ec2: Any) -> str:
    volume = ec2.create_volume(AvailabilityZone="eu-west-1a", Size=1)["VolumeId"]
    return str(ec2.create_snapshot(VolumeId=volume)["SnapshotId"])


def share(ec2: Any, snapshot: str, **whom: list[str]) -> None:
    attribute = {"Attribute": "createVolumePermission", "OperationType": "add"}
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, **attribute, **whom)


def restorable_by(ec2: Any, who: str) -> list[str]:
    found = ec2.describe_snapshots(OwnerIds=["self"], RestorableByUserIds=[who])["Snapshots"]
    return [each["SnapshotId"] for each in found]


def test_a_snapshot_is_restorable_by_whom_it_is_shared_with(ec2: Any, snapshot: str) -> None:
    assert ([], [snapshot], [snapshot]) == tuple(restorable_by(ec2, who) for who in ("all", "self", ACCOUNT))

    share(ec2, snapshot, UserIds=["222222222222"])
    assert ([], [snapshot]) == tuple(restorable_by(ec2, who) for who in ("all", "222222222222"))

    share(ec2, snapshot, GroupNames=["all"])
    assert [snapshot] == restorable_by(ec2, "all")


def test_no_snapshot_becomes_public_while_the_region_blocks_it(ec2: Any, snapshot: str) -> None:
    assert "unblocked" == ec2.get_snapshot_block_public_access_state()["State"]

    ec2.enable_snapshot_block_public_access(State="block-new-sharing")
    assert "block-new-sharing" == ec2.get_snapshot_block_public_access_state()["State"]
    with pytest.raises(ClientError, match="OperationNotPermitted"):
        share(ec2, snapshot, GroupNames=["all"])
    share(ec2, snapshot, UserIds=["222222222222"])

    ec2.disable_snapshot_block_public_access()
    share(ec2, snapshot, GroupNames=["all"])
    assert [snapshot] == restorable_by(ec2, "all")


def test_snapshots_of_other_owners_are_not_simulated(ec2: Any) -> None:
    with pytest.raises(NotSimulated, match="OwnerIds of another account"):
        ec2.describe_snapshots(OwnerIds=["222222222222"])
