"""Batches of SQS messages: each message by itself, those that failed are reported and come again."""

import json
from collections.abc import Callable

from .runtime import JSON, log


def each_message(event: JSON, work: Callable[[JSON], None]) -> JSON:
    """Do the work on the content of each message; return what Lambda wants to know (ReportBatchItemFailures).

    A message that fails for as often as its queue allows ends in the dead-letter queue, which has an alarm.
    """
    failed = []
    for record in event["Records"]:
        try:
            work(json.loads(record["body"]))
        except Exception as error:  # one bad message must harm no other
            log("message failed", message=record["messageId"], error=type(error).__name__, reason=str(error)[:500])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
