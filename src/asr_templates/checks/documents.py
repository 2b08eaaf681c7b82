"""Rules about rendered documents: valid for Systems Manager, small, the same everywhere, fed by real findings."""

from collections.abc import Iterator, Mapping
from typing import Any

from asr_templates.checks.resource_ids import is_pattern, matches
from asr_templates.checks.subject import Subject
from asr_templates.documents.orchestrator import orchestrator_definition
from asr_templates.documents.scripts import embedded_source
from asr_templates.documents.validation.parameters import TYPES
from asr_templates.documents.validation.ssm import document_problems
from asr_templates.documents.validation.states import state_machine_problems
from asr_templates.model import Control, Document, Problem
from asr_templates.playbook import Playbook

SIZES: Mapping[str, int] = {"parser": 3_072, "runner": 6_144}
"""Embedded module -> how many bytes it may add to each document."""

ACCOUNT = "111111111111"
REGIONS: Mapping[str, str] = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


def documents_are_valid(subject: Subject) -> Iterator[Problem]:
    """Systems Manager takes each document, and each reference in it resolves."""
    for name, document in subject.rendered.items():
        yield from document_problems(name, document, subject.rendered)


def names_have_one_content(subject: Subject) -> Iterator[Problem]:
    """A document that two playbooks give has the same content in both."""
    owner: dict[str, str] = {}
    for playbook in subject.playbooks:
        for name, document in {**playbook.remediation_documents(), **playbook.control_documents()}.items():
            first = owner.setdefault(name, playbook.key)
            if document != subject.rendered[name]:
                message = f"playbook {playbook.key} gives it another content than {first}"
                yield Problem(name, message, "one name has one content")


def state_machine_is_valid(subject: Subject) -> Iterator[Problem]:
    """Step Functions takes the orchestrator's definition, each state is reached, and each wait ends."""
    yield from state_machine_problems(subject.names.state_machine, orchestrator_definition())


def embedded_code_is_small(subject: Subject) -> Iterator[Problem]:
    """What is rendered into every document keeps to its size."""
    for module, limit in SIZES.items():
        size = len(embedded_source(module).encode())
        if size > limit:
            message = f"has {size} bytes without comments, more than {limit}"
            yield Problem(f"src/asr_templates/embedded/{module}.py", message, "shorten it")


def findings_pass_the_parser(subject: Subject) -> Iterator[Problem]:
    """A finding about each good sample passes ParseInput, which then returns all that the step's outputs take."""
    for playbook in subject.playbooks:
        for name, document in playbook.control_documents().items():
            step = document["mainSteps"][0]
            scope: dict[str, Any] = {}
            exec(compile(step["inputs"]["Script"], f"{name}: ParseInput", "exec"), scope)
            for control_id, row in playbook.documents()[name].items():
                for sample in row.resource.good if is_pattern(row.resource) else ():
                    if matches(row.resource, sample):
                        event = parser_event(step, playbook, control_id, row, sample)
                        yield from _parse_problems(name, control_id, step, scope[step["inputs"]["Handler"]], event)


def _parse_problems(name: str, control_id: str, step: Document, handler: Any, event: Document) -> Iterator[Problem]:
    place = f"{name}: step ParseInput"
    try:
        parsed = handler(event, None)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        yield Problem(place, f"refuses a finding of {control_id}: {error}")
        return
    for output in step.get("outputs") or []:
        key = output["Selector"].removeprefix("$.Payload.")
        if key not in parsed:
            yield Problem(place, f"a finding of {control_id} gives no {key}, which output {output['Name']} takes")
        elif not TYPES[output["Type"]](parsed[key]):
            yield Problem(place, f"{key} of {control_id} is {parsed[key]!r}, no {output['Type']}")


def parser_event(step: Document, playbook: Playbook, control_id: str, row: Control, sample: str) -> Document:
    """Return the payload of step ParseInput for a finding of a control about a sample resource."""
    parts = sample.split(":")
    partition = parts[1] if sample.startswith("arn:") else "aws"
    region = (parts[3] if sample.startswith("arn:") else "") or REGIONS[partition]
    hub = f"arn:{partition}:securityhub:{region}"
    finding = {
        "Id": f"{hub}:{ACCOUNT}:{playbook.finding_prefix}/{control_id}/finding/0a1b2c3d-0000-1111-2222-333344445555",
        "ProductArn": f"{hub}::product/aws/securityhub",
        "AwsAccountId": ACCOUNT,
        "Region": region,
        "Resources": [{"Type": row.resource.type, "Id": sample, "Region": region, "Partition": partition}],
    }
    here = {"partition": partition, "account": ACCOUNT, "region": region}
    return {**step["inputs"]["InputPayload"], "Finding": finding, "here": here}
