"""Step Functions on moto's interpreter: definitions refused as AWS does, roles, virtual time, status events.

definitions checks; interpreter mends how moto evaluates; executions mends creating and starting.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import moto.stepfunctions.parser.models  # loaded before its threads and clocks are swapped
import moto.stepfunctions.parser.utils
import moto.stepfunctions.responses

from asr_templates.simulator.aws.clock import virtual_time
from asr_templates.simulator.aws.event_bus import EventBus
from asr_templates.simulator.aws.state_machines import executions, interpreter

INTERPRETER = "moto.stepfunctions.parser"


@contextmanager
def installed(bus: EventBus) -> Iterator[None]:
    """Mend moto's Step Functions; status events go to `bus`. moto must run with execute_state_machine on."""
    with ExitStack() as stack:
        stack.enter_context(interpreter.installed())
        stack.enter_context(executions.installed(bus))
        stack.enter_context(virtual_time(INTERPRETER))
        try:
            yield
        finally:
            moto.stepfunctions.parser.utils.TMP_THREADS.clear()  # moto keeps every thread that it ever made
