"""MakeEBSSnapshotsPrivate: no snapshot is for everybody; what is shared with named accounts stays shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import ebs_snapshots

RUNBOOK = "MakeEBSSnapshotsPrivate"


class Snapshots:
    """The snapshots of an account."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.ec2 = boto3.client("ec2")
        self.created: list[str] = []
        self.volume = self.ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]

    def create(self, *accounts: str, public: bool = False) -> str:
        snapshot = str(self.ec2.create_snapshot(VolumeId=self.volume)["SnapshotId"])
        self.created.append(snapshot)
        if accounts:
            self.share(snapshot, UserIds=list(accounts))
        if public:
            self.share(snapshot, GroupNames=["all"])
        return snapshot

    def share(self, snapshot: str, **whom: list[str]) -> None:
        self.ec2.modify_snapshot_attribute(
            SnapshotId=snapshot, Attribute="createVolumePermission", OperationType="add", **whom
        )

    def describe(self) -> dict[str, Any]:
        return {snapshot: self.shares(snapshot) for snapshot in self.created}

    def shares(self, snapshot: str) -> list[Any]:
        shares = self.ec2.describe_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission")
        return sorted(shares["CreateVolumePermissions"], key=str)


@pytest.fixture
def snapshots(account: str) -> Iterator[Snapshots]:
    with ebs_snapshots.installed():
        yield Snapshots(account)


def test_all_public_snapshots_become_private_and_shares_with_accounts_stay(
    prove: Callable[..., Any], snapshots: Snapshots
) -> None:
    public = sorted([snapshots.create("999999999999", public=True), snapshots.create(public=True)])
    private = snapshots.create("999999999999")

    def drift() -> None:
        snapshots.share(private, GroupNames=["all"])

    applied = prove(RUNBOOK, snapshots.describe, drift, AccountId=snapshots.account)
    assert public == applied["Before"]["PublicSnapshots"]
    assert public == [change["parameters"]["SnapshotId"] for change in applied["Changes"]]


def test_account_without_public_snapshots_is_left_alone(
    remediation: Callable[[str], Any], snapshots: Snapshots
) -> None:
    snapshots.create("999999999999")

    assert "NoChange" == remediation(RUNBOOK)(AccountId=snapshots.account)["Status"]


def test_snapshots_cannot_be_made_public_again_where_the_region_blocks_it(
    remediation: Callable[[str], Any], snapshots: Snapshots
) -> None:
    snapshot = snapshots.create(public=True)
    snapshots.ec2.enable_snapshot_block_public_access(State="block-new-sharing")
    run = remediation(RUNBOOK)

    applied = run(AccountId=snapshots.account)
    undone = run("Undo", applied, AccountId=snapshots.account)

    expected = "cannot be undone: public access to snapshots is blocked in this region: none can be made public again"
    assert ("Success", "Refused", expected) == (applied["Status"], undone["Status"], undone["Message"])
    assert [] == snapshots.shares(snapshot)


def test_more_snapshots_than_one_record_holds_are_refused(
    remediation: Callable[[str], Any], snapshots: Snapshots
) -> None:
    for _ in range(101):
        snapshots.create(public=True)
    output = remediation(RUNBOOK)(AccountId=snapshots.account)

    assert ("Refused", "101 changes exceed one record") == (output["Status"], output["Message"])
