"""The template, put together."""

from collections.abc import Iterable, Mapping, Sequence

from troposphere import GetAtt, Output, Ref, Template

from asr_templates.names import Names
from asr_templates.stacks.nesting import Assets, description
from asr_templates.stacks.orchestrator.functions import add_function, function_id
from asr_templates.stacks.orchestrator.key import add_key
from asr_templates.stacks.orchestrator.machine import add_state_machine
from asr_templates.stacks.orchestrator.queues import INGEST, INVOCATIONS, add_dead_letters, add_queue, queue_id
from asr_templates.stacks.orchestrator.rules import BUS, add_rules
from asr_templates.stacks.orchestrator.tables import CONFIGURATION, HISTORY, SLOTS, add_tables
from asr_templates.stacks.orchestrator.tasks import STATE_MACHINE, Task, tasks
from asr_templates.stacks.orchestrator.topics import ALARMS, NOTIFICATIONS, add_topics
from asr_templates.stacks.parameters import (
    IN_FLIGHT,
    INGEST_QUEUE_ARN,
    LOG_RETENTION,
    MEMBER_ACCOUNTS,
    ORGANIZATION_ID,
    PERMISSIONS_BOUNDARY,
    ROLE_PATH,
    USE_CUSTOMER_KEY,
    StackParameter,
    declare,
    load_playbook,
)

CODE = "orchestrator"
"""The key of `code_keys` that names the zip file of all functions."""


def orchestrator_template(names: Names, code_keys: Mapping[str, str], playbook_keys: Sequence[str]) -> Template:
    """Return the template.

    code_keys: CODE -> name of the zip file in the folder lambda/ of the assets. playbook_keys: what can be loaded.
    """
    template = Template(Description=description("orchestrator of remediations"))
    declare(template, parameters((load_playbook(key, key) for key in playbook_keys), Assets()))
    functions = tasks(names, playbook_keys)
    add_key(template, names)
    add_tables(template, names)
    add_topics(template, names)
    add_dead_letters(template, names, INVOCATIONS)
    for task in functions:
        if task.queue:
            add_queue(template, names, task.queue, task.seconds)
        add_function(template, names, task, code_keys[CODE])
    add_state_machine(template, names)
    add_rules(template, names)
    for output in outputs(functions):
        template.add_output(output)
    return template


def parameters(loads: Iterable[StackParameter], assets: Assets) -> list[StackParameter]:
    """Return what the orchestrator takes, and so what the admin stack asks for; `loads`: whether playbooks are used."""
    return [
        ORGANIZATION_ID,
        MEMBER_ACCOUNTS,
        *loads,
        ROLE_PATH,
        PERMISSIONS_BOUNDARY,
        USE_CUSTOMER_KEY,
        LOG_RETENTION,
        IN_FLIGHT,
        *assets.parameters(),
    ]


def outputs(functions: Sequence[Task]) -> list[Output]:
    """Return what people, other stacks and `asr` need to find things."""
    values = {
        INGEST_QUEUE_ARN.name: ("Queue that takes the events of Security Hub", GetAtt(queue_id(INGEST), "Arn")),
        "StateMachineArn": ("The orchestrator", Ref(STATE_MACHINE)),
        "TopicArn": ("Topic that tells how each execution has ended", Ref(NOTIFICATIONS)),
        "AlarmTopicArn": ("Topic of the alarms", Ref(ALARMS)),
        "MembersBusArn": ("Event bus that member accounts report to", GetAtt(BUS, "Arn")),
        CONFIGURATION: ("Table of what is automatic, exempt or held", Ref(CONFIGURATION)),
        HISTORY: ("Table of how each execution has ended", Ref(HISTORY)),
        SLOTS: ("Table of what runs and what waits", Ref(SLOTS)),
    }
    values |= {function_id(task.name): (task.description, Ref(function_id(task.name))) for task in functions}
    return [Output(name, Description=text, Value=value) for name, (text, value) in values.items()]
