"""Function Schedule: gives a run one of its target's slots and starts it, or lets it wait in the table.

A message of the scheduling queue is {"Token", "Execution": ARN, "Since": ISO time, "Input": the execution's input with
Prepared in it}. No message waits in the queue for a slot.
"""

import json
import time

from .accounts import own_members
from .batches import each_message
from .dispatch import Dispatch
from .runtime import JSON, client, log, setting, table
from .slots import Run, Slots, waiting_item


def schedule(event: JSON, dispatch: Dispatch) -> JSON:
    """Queue each message's run, then start what has a slot; what is queued is safe, whatever happens then."""
    targets: dict[str, None] = {}

    def queue(message: JSON) -> None:
        run = waiting_run(message, int(time.time()))
        dispatch.slots.wait(run)
        targets[run.target] = None

    answer = each_message(event, queue)
    for target in targets:
        try:
            dispatch.fill(target)
        except Exception as error:  # the poll goes on with it
            log("not filled", target=target, error=type(error).__name__, reason=str(error)[:500])
    return answer


def waiting_run(message: JSON, now: int) -> Run:
    """Return the run that a message asks for."""
    content = run_content(message["Input"])
    target = content["Target"]
    return Run(
        target=f"{target['Account']}/{target['Region']}",
        item=waiting_item(message["Since"], message["Execution"]),
        execution=message["Execution"],
        token=message["Token"],
        content=json.dumps(content),
        beat=now,
    )


def run_content(state: JSON) -> JSON:
    """Return what a run carries: {"Target", "Mode", "Finding"}, and "Record" for an undo."""
    content = {"Target": state["Prepared"]["Target"], "Mode": state["Mode"], "Finding": state["Finding"]}
    return content | ({"Record": state["Record"]} if "Record" in state else {})


def own_dispatch() -> Dispatch:
    """Return the dispatch of this function's surroundings."""
    slots = Slots(table("SLOTS_TABLE"), int(setting("IN_FLIGHT")))
    return Dispatch(slots, own_members(), client("stepfunctions"))


def handler(event: JSON, context: object) -> JSON:
    """Work on a batch of the scheduling queue."""
    return schedule(event, own_dispatch())
