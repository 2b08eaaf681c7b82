"""A playbook's part of the admin stack: the rule that hands the standard's new findings to the orchestrator."""

from troposphere import Ref, Template, events

from asr_templates.stacks.nesting import description
from asr_templates.stacks.parameters import INGEST_QUEUE_ARN, declare
from asr_templates.stacks.playbook import Playbook

CONSOLIDATED = "security-control"
"""The first part of a GeneratorId where Security Hub reports one finding for a control of several standards."""


def playbook_admin_template(playbook: Playbook) -> Template:
    """Return the template with the playbook's import rule.

    The ingest queue's policy lets in rules of this account whose names start with the prefix. Whether a control is
    remediated automatically is decided by the orchestrator's configuration, not here.
    """
    template = Template(Description=description(f"findings of {playbook.standard} {playbook.version}"))
    declare(template, [INGEST_QUEUE_ARN])
    template.add_resource(
        events.Rule(
            "ImportRule",
            Name=f"{playbook.names.prefix}-Import-{playbook.key}",
            Description=f"New failed findings of {playbook.standard} {playbook.version}",
            EventPattern=import_pattern(playbook),
            State="ENABLED",
            Targets=[events.Target(Id="Ingest", Arn=Ref(INGEST_QUEUE_ARN.name))],
        )
    )
    return template


def import_pattern(playbook: Playbook) -> dict[str, object]:
    """Return the event pattern of findings that Security Hub itself made, failed, and that nobody has looked at yet.

    An aggregated finding carries the region that it comes from in its ProductArn, hence the suffix.
    """
    return {
        "source": ["aws.securityhub"],
        "detail-type": ["Security Hub Findings - Imported"],
        "account": [Ref("AWS::AccountId")],
        "detail": {
            "findings": {
                "ProductArn": [{"suffix": "::product/aws/securityhub"}],
                "GeneratorId": generator_ids(playbook),
                "Compliance": {"Status": ["FAILED", "WARNING"]},
                "Workflow": {"Status": ["NEW"]},
                "RecordState": ["ACTIVE"],
            }
        },
    }


def generator_ids(playbook: Playbook) -> list[dict[str, str]]:
    """Return what a GeneratorId of the standard looks like; CIS 1.2.0 has ARNs (Security Hub guide, samples)."""
    if playbook.standard == CONSOLIDATED:
        return [{"prefix": f"{CONSOLIDATED}/"}]
    standard = f"{playbook.standard}/v/{playbook.version}/"
    return [{"prefix": standard}, {"wildcard": f"arn:*:securityhub:::ruleset/{standard}*"}]
