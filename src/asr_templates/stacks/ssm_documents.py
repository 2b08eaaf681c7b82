"""SSM documents as CloudFormation resources: the parts of their content that the launch of a stack decides."""

import copy
from collections.abc import Iterable, Mapping, Sequence

from troposphere import Condition, If, NoValue, Or, Ref, Sub, Template, ssm

from asr_templates.model import Control, Document
from asr_templates.names import Names, switch_parameter
from asr_templates.stacks.parameters import ROLE_PATH, USE_AWS_OWNED_RUNBOOKS, answered_yes

OR_CONDITIONS = 10
"""Fn::Or takes two to ten conditions."""
AWS_OWNED_PARAMETER = "UseAwsOwnedRunbook"
"""The parameter of a remediation document that can run a runbook owned by AWS first."""


def document_resource(logical_id: str, name: str, content: Document) -> ssm.Document:
    """Return the resource.

    UpdateMethod NewVersion: the default, Replace, cannot update a document that has a name. DocumentFormat YAML:
    JSON, the default, has no scripts (SSM guide).
    """
    return ssm.Document(
        logical_id,
        Name=name,
        DocumentType="Automation",
        DocumentFormat="YAML",
        UpdateMethod="NewVersion",
        Content=content,
    )


def control_content(template: Template, names: Names, document: Document, served: Mapping[str, Control]) -> Document:
    """Return a control document's content: role by namespace and path, and only the ids that are switched on.

    served: id in the standard -> the security control.
    """
    content = copy.deepcopy(document)
    runbook = next(iter(served.values())).runbook
    content["parameters"]["RemediationRoleName"]["default"] = Sub(names.remediation_role(runbook, "${Namespace}"))
    content["parameters"]["RolePath"]["default"] = Ref(ROLE_PATH.name)
    if len(served) > 1:
        for step in content["mainSteps"]:
            payload = step["inputs"].get("InputPayload", {})
            if "expected_control_id" in payload:
                payload["expected_control_id"] = [
                    If(any_switched_on(template, [served[control_id]]), control_id, NoValue)
                    for control_id in payload["expected_control_id"]
                ]
    return content


def remediation_content(document: Document) -> Document:
    """Return a remediation document's content: whether AWS-owned runbooks are used is the stack's answer.

    Raises ValueError where the document's parameter does not take the stack's yes and no.
    """
    content = copy.deepcopy(document)
    if takes_aws_owned(document):
        parameter = content["parameters"][AWS_OWNED_PARAMETER]
        if parameter["type"] != "String" or set(parameter.get("allowedValues", ())) != {"yes", "no"}:
            raise ValueError(f"parameter {AWS_OWNED_PARAMETER} must be a String that allows yes and no")
        parameter["default"] = Ref(USE_AWS_OWNED_RUNBOOKS.name)
    return content


def takes_aws_owned(document: Document) -> bool:
    """Return whether the remediation document can run a runbook owned by AWS first."""
    return AWS_OWNED_PARAMETER in document["parameters"]


def any_switched_on(template: Template, controls: Iterable[Control]) -> str:
    """Add the condition that any of the controls is switched on; return its name.

    More than ten are put together from conditions over ten of them each. Names derive from first and last control.
    """
    switches = dict.fromkeys(switch_parameter(control.id) for control in controls)
    spans = [(switch, switch, answered_yes(template, switch)) for switch in switches]
    while len(spans) > 1:
        groups = [spans[start : start + OR_CONDITIONS] for start in range(0, len(spans), OR_CONDITIONS)]
        spans = [(group[0][0], group[-1][1], any_of(template, group)) for group in groups]
    return spans[0][2]


def any_of(template: Template, spans: Sequence[tuple[str, str, str]]) -> str:
    """Add the condition that one of up to ten conditions (first switch, last switch, condition) holds; return its name.

    Raises ValueError where two different sets of controls have the same first and last one: families do not overlap so.
    """
    first, last = spans[0][0], spans[-1][1]
    if len(spans) == 1:
        return spans[0][2]
    name = f"{first}To{last}IsYes"
    condition = Or(*(Condition(member) for _, _, member in spans))
    if name in template.conditions and template.conditions[name].to_dict() != condition.to_dict():
        raise ValueError(f"two documents of one stack serve different controls from {first} to {last}")
    if name not in template.conditions:
        template.add_condition(name, condition)
    return name
