"""Copies of snapshots take their time; not every snapshot can be deleted."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.gaps.rds_snapshots import COPY_SECONDS

ACCOUNT = "111111111111"
OWNER = {"MasterUsername": "admin", "MasterUserPassword": "not-a-secret"}
COPY = {"SourceDBSnapshotIdentifier": "january", "TargetDBSnapshotIdentifier": "copy", "KmsKeyId": "alias/aws/rds"}


@pytest.fixture
def person(environment: Any) -> Any:
    rds = environment.session(ACCOUNT).client("rds", region_name="eu-west-1")
    rds.create_db_instance(
        DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="mysql", AllocatedStorage=20, **OWNER
    )
    rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="january")
    return rds


@pytest.fixture
def runbook(person: Any, worker: Any) -> Any:
    return worker.client("rds", region_name="eu-west-1")


def state(rds: Any, name: str) -> tuple[str, bool]:
    found = rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0]
    return found["Status"], found["Encrypted"]


def test_what_a_person_copies_is_there_at_once(person: Any) -> None:
    person.copy_db_snapshot(**COPY)

    assert state(person, "copy") == ("available", True)


def test_what_a_runbook_copies_is_there_after_a_while(person: Any, runbook: Any) -> None:
    answered = runbook.copy_db_snapshot(**COPY)["DBSnapshot"]
    seen = []
    scheduler.spawn(lambda: seen.append(state(person, "copy")), name="look", delay=COPY_SECONDS - 1)

    scheduler.run()

    assert answered["Status"] == "creating"
    assert seen == [("creating", True)]
    assert state(person, "copy") == ("available", True)


def test_a_copy_that_is_not_finished_can_neither_be_copied_nor_deleted(person: Any, runbook: Any) -> None:
    runbook.copy_db_snapshot(**COPY)

    with pytest.raises(ClientError, match="InvalidDBSnapshotState"):
        person.copy_db_snapshot(SourceDBSnapshotIdentifier="copy", TargetDBSnapshotIdentifier="other")
    with pytest.raises(ClientError, match="InvalidDBSnapshotState"):
        person.delete_db_snapshot(DBSnapshotIdentifier="copy")


def test_a_snapshot_that_rds_has_taken_cannot_be_deleted(person: Any) -> None:
    [automated] = person.describe_db_snapshots(SnapshotType="automated")["DBSnapshots"]

    with pytest.raises(ClientError, match="InvalidDBSnapshotState"):
        person.delete_db_snapshot(DBSnapshotIdentifier=automated["DBSnapshotIdentifier"])


def test_a_snapshot_that_a_person_has_taken_can_be_deleted(person: Any) -> None:
    person.delete_db_snapshot(DBSnapshotIdentifier="january")

    assert person.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"] == []


def test_copying_encrypts_no_snapshot_of_a_cluster(person: Any) -> None:
    person.create_db_cluster(DBClusterIdentifier="fleet", Engine="aurora-mysql", **OWNER)
    person.create_db_cluster_snapshot(DBClusterIdentifier="fleet", DBClusterSnapshotIdentifier="january")
    copy = {"SourceDBClusterSnapshotIdentifier": "january", "TargetDBClusterSnapshotIdentifier": "copy"}

    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        person.copy_db_cluster_snapshot(**copy, KmsKeyId="alias/aws/rds")
    person.copy_db_cluster_snapshot(**copy)
