"""Step Functions on moto's interpreter: definitions refused as AWS does, roles, virtual time, status events.

`definitions` checks them, `interpreter` mends how moto evaluates, `executions` how it creates and starts. The
environment swaps the threads and clocks of moto's interpreter for virtual ones.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from asr_templates.simulator.aws.event_bus import EventBus
from asr_templates.simulator.aws.state_machines import executions, interpreter


@contextmanager
def installed(bus: EventBus) -> Iterator[None]:
    """Mend moto's Step Functions; status events go to `bus`. moto must run with execute_state_machine on."""
    with interpreter.installed(), executions.installed(bus):
        yield
