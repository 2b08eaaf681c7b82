"""RDS: a copy of a snapshot takes its time; what RDS or AWS Backup took cannot be deleted.

Sources: RDS user guide, "Copying a DB snapshot"; API reference, CopyDBSnapshot, DeleteDBSnapshot (errors
InvalidDBSnapshotState) and CopyDBClusterSnapshot (KmsKeyId of an unencrypted source is an error). What a person (the
administrator of the simulation) copies is there at once.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from moto.core.responses import ActionResult
from moto.rds.exceptions import InvalidParameterCombination, RDSClientError
from moto.rds.models import DBClusterSnapshot, DBSnapshot, RDSBackend
from moto.rds.responses import RDSResponse

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.clock import scheduler

COPY_SECONDS = 900.0
"""How long a copy takes. Really minutes to hours."""


@contextmanager
def installed() -> Iterator[None]:
    """Mend the copies and deletions of snapshots."""
    respond, delete = RDSResponse.copy_db_snapshot, RDSBackend.delete_db_snapshot
    copy_of_cluster = RDSBackend.copy_db_cluster_snapshot

    def copy_db_snapshot(self: RDSResponse) -> ActionResult:
        source = self.backend.get_db_snapshot(self.params["SourceDBSnapshotIdentifier"])
        if source.status != "available":
            raise not_in_state(source)
        result = respond(self)
        principal = identity.principal_of(self.get_access_key())
        if principal is None or principal.kind != "administrator":
            copy: DBSnapshot = result.result["DBSnapshot"]
            copy.status = "creating"
            scheduler.spawn(_finish, copy, name=f"copy {copy.db_snapshot_identifier}", delay=COPY_SECONDS)
        return result

    def delete_db_snapshot(self: RDSBackend, db_snapshot_identifier: str) -> DBSnapshot:
        found = self.database_snapshots.get(db_snapshot_identifier)
        if found is not None and (found.snapshot_type != "manual" or found.status != "available"):
            raise not_in_state(found)
        return delete(self, db_snapshot_identifier)

    def copy_db_cluster_snapshot(self: RDSBackend, **parameters: Any) -> DBClusterSnapshot:
        source = self.get_db_cluster_snapshot(parameters["source_db_cluster_snapshot_identifier"])
        if parameters.get("kms_key_id") and not source.encrypted:
            raise InvalidParameterCombination("KmsKeyId cannot be specified for an unencrypted DB cluster snapshot.")
        return copy_of_cluster(self, **parameters)

    patches: list[tuple[type, str, object]] = [
        (RDSResponse, "copy_db_snapshot", copy_db_snapshot),
        (RDSBackend, "delete_db_snapshot", delete_db_snapshot),
        (RDSBackend, "copy_db_cluster_snapshot", copy_db_cluster_snapshot),
    ]
    with ExitStack() as stack:
        for owner, name, replacement in patches:
            stack.enter_context(mock.patch.object(owner, name, replacement))
        yield


def not_in_state(snapshot: DBSnapshot) -> RDSClientError:
    """Return the error of RDS for a snapshot that cannot be copied or deleted as it is."""
    name, kind = snapshot.db_snapshot_identifier, snapshot.snapshot_type
    return RDSClientError("InvalidDBSnapshotState", f"Snapshot {name} is {kind} and {snapshot.status}.")


def _finish(snapshot: DBSnapshot) -> None:
    snapshot.status = "available"
