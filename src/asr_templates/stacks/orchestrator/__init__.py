"""The orchestrator, nested in the admin stack: queues, tables, functions, state machine, rules and custom actions.

A module adds one kind of resource; `orchestrator_template` puts them together.
"""

from asr_templates.stacks.orchestrator.template import CODE, orchestrator_template

__all__ = ["CODE", "orchestrator_template"]
