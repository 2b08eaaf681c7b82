"""EBS: the snapshots that everybody may restore, and the region's block of that.

Sources: EC2 API reference, DescribeSnapshots (OwnerIds, RestorableByUserIds) and
EnableSnapshotBlockPublicAccess; EBS user guide, "Block public access for Amazon EBS snapshots". moto answers all
snapshots whatever is asked, and does not know the block.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_block_store import Snapshot
from moto.ec2.responses import EC2Response
from moto.ec2.responses.elastic_block_store import ElasticBlockStore

from asr_templates.simulator.aws.errors import NotSimulated

UNBLOCKED = "unblocked"


@contextmanager
def installed() -> Iterator[None]:
    """Mend DescribeSnapshots and ModifySnapshotAttribute; add the block of public access."""
    modify = ElasticBlockStore.modify_snapshot_attribute

    def modify_snapshot_attribute(self: ElasticBlockStore) -> ActionResult:
        publishes = "all" in self._get_param("GroupNames", []) and self._get_param("OperationType") == "add"
        if publishes and _state(self.ec2_backend) != UNBLOCKED:
            raise EC2ClientError("OperationNotPermitted", "Public access to snapshots is blocked in this region.")
        return modify(self)

    added = {
        "get_snapshot_block_public_access_state": _get_block,
        "enable_snapshot_block_public_access": _enable_block,
        "disable_snapshot_block_public_access": _disable_block,
    }
    with ExitStack() as stack:
        for name, respond in added.items():
            stack.enter_context(mock.patch.object(EC2Response, name, respond, create=True))
        stack.enter_context(mock.patch.object(ElasticBlockStore, "describe_snapshots", _describe_snapshots))
        stack.enter_context(
            mock.patch.object(ElasticBlockStore, "modify_snapshot_attribute", modify_snapshot_attribute)
        )
        yield


def _state(backend: EC2Backend) -> str:
    return str(getattr(backend, "snapshot_block_public_access", UNBLOCKED))


def _get_block(self: EC2Response) -> ActionResult:
    return ActionResult({"State": _state(self.ec2_backend), "ManagedBy": "account"})


def _enable_block(self: EC2Response) -> ActionResult:
    self.ec2_backend.snapshot_block_public_access = self._get_param("State")
    return _get_block(self)


def _disable_block(self: EC2Response) -> ActionResult:
    self.ec2_backend.snapshot_block_public_access = UNBLOCKED
    return _get_block(self)


def _describe_snapshots(self: ElasticBlockStore) -> ActionResult:
    backend = self.ec2_backend
    owners = [backend.account_id if owner == "self" else owner for owner in self._get_param("OwnerIds", [])]
    restorers = self._get_param("RestorableByUserIds", [])
    if {*owners} - {backend.account_id}:
        raise NotSimulated("DescribeSnapshots", "OwnerIds of another account")
    found = backend.describe_snapshots(
        snapshot_ids=self._get_param("SnapshotIds", []), filters=self._filters_from_querystring()
    )
    return ActionResult({"Snapshots": [each for each in found if _is_restorable(each, restorers)]})


def _is_restorable(snapshot: Snapshot, restorers: list[str]) -> bool:
    """Return whether one of the restorers may restore a snapshot: "all", "self", or an account."""
    if not restorers or "self" in restorers or snapshot.owner_id in restorers:
        return True
    allowed = {*snapshot.create_volume_permission_groups, *snapshot.create_volume_permission_userids}
    return bool(allowed & {*restorers})
