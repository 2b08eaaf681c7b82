"""The member stack, launched in each account and region: the control runbooks and the remediation runbooks."""

from collections.abc import Mapping, Sequence

from troposphere import Template

from asr_templates.documents.remediation import remediation_document
from asr_templates.model import Control, Runbook
from asr_templates.names import Names, alphanumeric, load_parameter
from asr_templates.stacks.nesting import (
    LANES,
    MEMBER,
    Assets,
    NestedStack,
    Stack,
    add_in_lanes,
    by_service,
    description,
    nest,
    optional,
)
from asr_templates.stacks.parameters import (
    ADMIN_ACCOUNT,
    NAMESPACE,
    ORCHESTRATOR_REGION,
    ROLE_PATH,
    USE_AWS_OWNED_RUNBOOKS,
    StackParameter,
    answered_yes,
    control_switch,
    declare,
    given,
    load_playbook,
)
from asr_templates.stacks.playbook import Playbook
from asr_templates.stacks.reporting import reporting_template
from asr_templates.stacks.shared_scripts import share_runner, share_scripts
from asr_templates.stacks.ssm_documents import (
    any_switched_on,
    control_content,
    document_resource,
    remediation_content,
    takes_aws_owned,
)


def runbooks_template(names: Names, runbooks: Mapping[str, Runbook]) -> Template:
    """Return the template with the remediation document of each of the runbooks."""
    template = Template(Description=description("remediation runbooks"))
    documents = {name: remediation_document(runbook) for name, runbook in runbooks.items()}
    if any(takes_aws_owned(document) for document in documents.values()):
        declare(template, [USE_AWS_OWNED_RUNBOOKS])
    add_in_lanes(
        template,
        [
            document_resource(
                f"Runbook{alphanumeric(name)}", names.remediation_document(name), remediation_content(document)
            )
            for name, document in documents.items()
        ],
    )
    share_runner(template)
    return template


def control_documents_template(playbook: Playbook) -> Template:
    """Return the template with the playbook's control documents, each there while one of its controls is on."""
    template = Template(Description=description(f"control runbooks of {playbook.standard} {playbook.version}"))
    declare(template, [NAMESPACE, ROLE_PATH, *control_switches(playbook.controls)])
    served = playbook.documents()
    documents = []
    for name, document in playbook.control_documents().items():
        content = control_content(template, playbook.names, document, served[name])
        resource = document_resource(f"ControlRunbook{alphanumeric(name.split('_')[-1])}", name, content)
        resource.Condition = any_switched_on(template, served[name].values())
        documents.append(resource)
    add_in_lanes(template, documents)
    share_scripts(template)
    return template


def control_switches(controls: Sequence[Control]) -> list[StackParameter]:
    """Return the switch of each security control, in the order of service and number."""
    unique = {control.id: control for control in controls}
    return [control_switch(unique[identifier]) for identifier in sorted(unique, key=natural_order)]


def natural_order(control_id: str) -> tuple[str, int, str]:
    """Return a sort key by which EC2.2 comes before EC2.13."""
    service, _, number = control_id.partition(".")
    return (service.lower(), int(number) if number.isdecimal() else 0, control_id)


def member_root(names: Names, playbooks: Sequence[Playbook], runbooks: Mapping[str, Runbook], assets: Assets) -> Stack:
    """Return the root: remediation runbooks nested by AWS service, control runbooks by playbook, and the report."""
    template = Template(
        Description=description("member. Launch it in each account and region whose findings are to be remediated")
    )
    controls = [control for playbook in playbooks for control in playbook.controls]
    nested = [
        NestedStack(f"Runbooks{service}", runbooks_template(names, used))
        for service, used in by_service(controls, runbooks).items()
    ]
    for playbook in playbooks:
        loaded = answered_yes(template, load_parameter(playbook.key))
        nested.append(NestedStack(f"Controls{playbook.key}", control_documents_template(playbook), condition=loaded))
    reported = given(template, ORCHESTRATOR_REGION)
    nested.append(NestedStack("Reporting", reporting_template(names), condition=reported))
    parameters = [
        ADMIN_ACCOUNT,
        ORCHESTRATOR_REGION,
        NAMESPACE,
        ROLE_PATH,
        *(load_playbook(playbook.key, f"{playbook.standard} {playbook.version}") for playbook in playbooks),
        *optional([USE_AWS_OWNED_RUNBOOKS], nested),
        *assets.parameters(),
        *control_switches(controls),
    ]
    declare(template, parameters)
    nest(template, nested, LANES)
    return Stack(MEMBER, template, nested)
