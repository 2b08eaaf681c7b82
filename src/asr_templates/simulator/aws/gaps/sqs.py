"""SQS: one kind of encryption at a time; attributes that a request does not name stay.

Source: SQS API reference, SetQueueAttributes: "Only one server-side encryption option is supported per queue". moto
keeps both, and forgets the policy whenever another attribute is set.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.sqs.models import Queue


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's queue attributes."""
    assign = Queue._set_attributes

    def set_attributes(self: Queue, attributes: dict[str, Any], now: float | None = None) -> None:
        policy = getattr(self, "_policy_json", None)
        assign(self, attributes, now)
        if "Policy" not in attributes and policy is not None:
            self._policy_json = policy
        if attributes.get("KmsMasterKeyId"):
            self.sqs_managed_sse_enabled = False
        elif str(attributes.get("SqsManagedSseEnabled")).lower() == "true":
            self.kms_master_key_id = None

    with mock.patch.object(Queue, "_set_attributes", set_attributes):
        yield
