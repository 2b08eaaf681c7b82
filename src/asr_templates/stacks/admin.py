"""The admin stack, launched once in the Security Hub administrator's account: orchestrator and the playbooks' rules."""

from collections.abc import Sequence

from troposphere import GetAtt, Output, Template

from asr_templates.names import load_parameter
from asr_templates.stacks.nesting import ADMIN, Assets, NestedStack, Stack, description, nest
from asr_templates.stacks.orchestrator.template import parameters
from asr_templates.stacks.parameters import INGEST_QUEUE_ARN, answered_yes, declare, load_playbook
from asr_templates.stacks.playbook import Playbook
from asr_templates.stacks.playbook_admin import playbook_admin_template

ORCHESTRATOR = "Orchestrator"


def admin_root(playbooks: Sequence[Playbook], orchestrator: Template, assets: Assets) -> Stack:
    """Return the root; the `orchestrator`'s outputs are its own."""
    template = Template(
        Description=description(
            "administrator. Launch it in Security Hub's administrator account, in the region that aggregates findings"
        )
    )
    loads = (load_playbook(playbook.key, f"{playbook.standard} {playbook.version}") for playbook in playbooks)
    declare(template, parameters(loads, assets))
    nested = [NestedStack(ORCHESTRATOR, orchestrator)]
    for playbook in playbooks:
        nested.append(
            NestedStack(
                f"Admin{playbook.key}",
                playbook_admin_template(playbook),
                condition=answered_yes(template, load_parameter(playbook.key)),
                values={INGEST_QUEUE_ARN.name: GetAtt(ORCHESTRATOR, f"Outputs.{INGEST_QUEUE_ARN.name}")},
            )
        )
    nest(template, nested)
    for name, output in orchestrator.outputs.items():
        description_of_output = {"Description": output.Description} if "Description" in output.properties else {}
        template.add_output(Output(name, Value=GetAtt(ORCHESTRATOR, f"Outputs.{name}"), **description_of_output))
    return Stack(ADMIN, template, nested)
