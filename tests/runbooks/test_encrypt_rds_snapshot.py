"""EncryptRDSSnapshot: an encrypted copy beside the snapshot, and never instead of it in one run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RUNBOOK = "EncryptRDSSnapshot"
TEAM = {"Key": "team", "Value": "web"}
KEEP: dict[str, Any] = {"KmsKeyId": "alias/aws/rds", "Retire": False}
RETIRE: dict[str, Any] = {**KEEP, "Retire": True}


@pytest.fixture
def snapshot(databases: Any) -> str:
    databases.instance()
    return str(databases.snapshot(Tags=[TEAM]))


def snapshots(databases: Any) -> dict[str, Any]:
    """Name -> whether it is encrypted, its state and its tags."""
    found = databases.rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    return {each["DBSnapshotIdentifier"]: (each["Encrypted"], each["Status"], each["TagList"]) for each in found}


def copy_is_now(databases: Any, **attributes: Any) -> None:
    for name, value in attributes.items():
        setattr(databases.backend.database_snapshots["asr-january"], name, value)


def test_snapshot_gets_an_encrypted_copy_with_its_tags(
    prove: Callable[..., Any], databases: Any, snapshot: str
) -> None:
    prove(
        RUNBOOK,
        lambda: snapshots(databases),
        drift=lambda: databases.rds.delete_db_snapshot(DBSnapshotIdentifier="asr-january"),
        SourceDBSnapshotIdentifier=snapshot,
        **KEEP,
    )
    databases.rds.copy_db_snapshot(SourceDBSnapshotIdentifier="january", TargetDBSnapshotIdentifier="february")

    assert {"january", "february"} == set(snapshots(databases))


def test_retire_deletes_the_snapshot_only_in_a_run_that_finds_the_copy(
    remediation: Callable[[str], Any], databases: Any, snapshot: str
) -> None:
    run = remediation(RUNBOOK)
    copied = run(SourceDBSnapshotIdentifier=snapshot, **KEEP)
    retired = run(SourceDBSnapshotIdentifier=snapshot, **RETIRE)
    again = run(SourceDBSnapshotIdentifier=snapshot, **RETIRE)
    undone = run("Undo", retired, SourceDBSnapshotIdentifier=snapshot, **RETIRE)

    tags = [TEAM, {"Key": "ASR", "Value": "january"}]
    operations = [change["operation"] for output in (copied, retired) for change in output["Changes"]]
    assert ["copy_db_snapshot", "delete_db_snapshot"] == operations
    assert {"asr-january": (True, "available", tags)} == snapshots(databases)
    assert ("NoChange", "Refused") == (again["Status"], undone["Status"])
    assert "its encrypted copy stays" in undone["Message"]


def test_snapshot_that_is_shared_is_not_retired(
    remediation: Callable[[str], Any], databases: Any, snapshot: str
) -> None:
    run = remediation(RUNBOOK)
    run(SourceDBSnapshotIdentifier=snapshot, **KEEP)
    databases.rds.modify_db_snapshot_attribute(
        DBSnapshotIdentifier="january", AttributeName="restore", ValuesToAdd=["999999999999"]
    )
    output = run(SourceDBSnapshotIdentifier=snapshot, **RETIRE)

    expected = "january is shared with 999999999999: share the copy with them, and end this share"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_copy_that_is_still_being_made_is_waited_for(
    remediation: Callable[[str], Any], databases: Any, snapshot: str
) -> None:
    run = remediation(RUNBOOK)
    run(SourceDBSnapshotIdentifier=snapshot, **KEEP)
    copy_is_now(databases, status="creating")
    output = run(SourceDBSnapshotIdentifier=snapshot, **KEEP)

    assert ("Failed", "timed out: ['the copy asr-january']") == (output["Status"], output["Message"])


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"status": "failed"}, "the copy asr-january is failed: delete it, and run again"),
        (
            {"tags": [TEAM]},
            "snapshot asr-january is not our copy of january: delete it, or copy it under another name",
        ),
    ],
)
def test_copy_that_is_of_no_use_is_refused_with_the_reason(
    remediation: Callable[[str], Any], databases: Any, snapshot: str, attributes: dict[str, Any], expected: str
) -> None:
    run = remediation(RUNBOOK)
    run(SourceDBSnapshotIdentifier=snapshot, **KEEP)
    copy_is_now(databases, **attributes)
    output = run(SourceDBSnapshotIdentifier=snapshot, **KEEP)

    assert ("Refused", expected, []) == (output["Status"], output["Message"], output["Changes"])


def test_encrypted_snapshot_is_left_alone(remediation: Callable[[str], Any], databases: Any) -> None:
    databases.instance(StorageEncrypted=True)
    output = remediation(RUNBOOK)(SourceDBSnapshotIdentifier=databases.snapshot(), **RETIRE)

    assert ("NoChange", ["january"]) == (output["Status"], list(snapshots(databases)))


def test_snapshot_that_rds_has_taken_is_refused(remediation: Callable[[str], Any], databases: Any) -> None:
    databases.instance()
    automated = databases.rds.describe_db_snapshots(SnapshotType="automated")["DBSnapshots"][0]
    output = remediation(RUNBOOK)(SourceDBSnapshotIdentifier=automated["DBSnapshotArn"], **KEEP)

    expected = "RDS took it and deletes it in time: encrypt the instance, and the next ones are encrypted"
    assert ("Refused", expected) == (output["Status"], output["Message"])


@pytest.mark.usefixtures("account")
def test_snapshot_of_aws_backup_is_refused(remediation: Callable[[str], Any]) -> None:
    arn = "arn:aws:rds:us-east-1:123456789012:snapshot:awsbackup:job-1"
    output = remediation(RUNBOOK)(SourceDBSnapshotIdentifier=arn, **KEEP)

    assert "Refused" == output["Status"]
    assert output["Message"].startswith("AWS Backup owns it")


def test_unencrypted_snapshot_of_a_cluster_is_refused(remediation: Callable[[str], Any], databases: Any) -> None:
    databases.cluster()
    output = remediation(RUNBOOK)(SourceDBSnapshotIdentifier=databases.cluster_snapshot(), **KEEP)

    assert "Refused" == output["Status"]
    assert output["Message"].startswith("RDS encrypts no cluster snapshot by copying it")


def test_encrypted_snapshot_of_a_cluster_is_left_alone(remediation: Callable[[str], Any], databases: Any) -> None:
    databases.cluster(StorageEncrypted=True)
    output = remediation(RUNBOOK)(SourceDBSnapshotIdentifier=databases.cluster_snapshot(), **KEEP)

    assert "NoChange" == output["Status"]


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("kind", ["snapshot", "cluster-snapshot"])
def test_snapshot_that_is_gone_is_no_change(remediation: Callable[[str], Any], kind: str) -> None:
    arn = f"arn:aws:rds:us-east-1:123456789012:{kind}:gone"
    output = remediation(RUNBOOK)(SourceDBSnapshotIdentifier=arn, **KEEP)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
