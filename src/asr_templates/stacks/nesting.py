"""Root stacks and the stacks nested in them.

A nested stack gets exactly the parameters that its template declares, each from the root's parameter of the same name.
The templates lie in a bucket of the region of the launch, so that a launch in any region and partition finds them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from troposphere import AWSObject, If, Join, Ref, Sub, Template, cloudformation

from asr_templates.model import Control, Runbook
from asr_templates.names import alphanumeric
from asr_templates.solution import VERSION
from asr_templates.stacks.parameters import UNOWNED_BUCKET, StackParameter, asset_parameters
from asr_templates.stacks.shared_scripts import is_script

TITLE = "Automated security response"
ADMIN = "automated-security-response-admin"
MEMBER_ROLES = "automated-security-response-member-roles"
MEMBER = "automated-security-response-member"
ROOTS = (ADMIN, MEMBER_ROLES, MEMBER)
"""The root templates, in the order in which a person launches them."""

NESTED_URL = (
    "https://${TemplateBucket}-${AWS::Region}.s3.${AWS::Region}.${AWS::URLSuffix}/${TemplatePrefix}/templates/nested/"
)
LANES = 3
"""How many resources of a throttled kind are made at a time; Systems Manager throttles CreateDocument strongly."""


@dataclass(frozen=True)
class Assets:
    """Where the templates will be: the bucket's base name (without its region) and the path in it."""

    bucket: str = UNOWNED_BUCKET
    prefix: str = f"automated-security-response/v{VERSION}"

    def parameters(self) -> tuple[StackParameter, StackParameter]:
        """Return the stack parameters that hold the two, with these as defaults."""
        return asset_parameters(self.bucket, self.prefix)


@dataclass(frozen=True)
class NestedStack:
    """A nested stack: `name` is its logical id and the name of its template's file.

    condition: a condition of the root. values: parameters that do not come from the root's parameter of the same name.
    """

    name: str
    template: Template
    condition: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Stack:
    """A root template and those nested in it; `name` is the name of its file."""

    name: str
    template: Template
    nested: Sequence[NestedStack]


def description(what: str) -> str:
    """Return a template's description; the build adds the version of the release."""
    return f"{TITLE}: {what}"


def nest(root: Template, nested: Sequence[NestedStack], lanes: int | None = None) -> None:
    """Add the nested stacks to the root, at most so many `lanes` at a time (None: all)."""
    resources = []
    for stack in nested:
        taken = [name for name in stack.template.parameters if not is_script(name)]
        parameters = {name: passed_down(root, stack, name) for name in taken}
        resource = cloudformation.Stack(
            stack.name, TemplateURL=Sub(f"{NESTED_URL}{stack.name}.template"), Parameters=parameters
        )
        if stack.condition:
            resource.Condition = stack.condition
        resources.append(resource)
    add_in_lanes(root, resources, lanes or len(resources))


def add_in_lanes(template: Template, resources: Sequence[AWSObject], lanes: int = LANES) -> None:
    """Add the resources, of which each waits for the one `lanes` before it.

    A resource cannot depend on one that may be absent (CloudFormation refuses it), but a reference in its metadata that
    a condition guards has the same effect.
    """
    for position, resource in enumerate(resources):
        if position >= lanes:
            before = resources[position - lanes]
            if "Condition" in before.resource:
                resource.Metadata = {"After": If(before.Condition, Ref(before.title), "")}
            else:
                resource.DependsOn = before.title
        template.add_resource(resource)


def optional(parameters: Iterable[StackParameter], nested: Iterable[NestedStack]) -> list[StackParameter]:
    """Return those of the parameters that a nested stack takes: a root asks for nothing that changes nothing."""
    taken = {name for stack in nested for name in stack.template.parameters}
    return [parameter for parameter in parameters if parameter.name in taken]


def passed_down(root: Template, stack: NestedStack, name: str) -> object:
    """Return the value of a nested stack's parameter: its own, else the root's as text, which is all that it takes."""
    if name in stack.values:
        return stack.values[name]
    if name not in root.parameters:
        raise ValueError(f"nested stack {stack.name} takes {name}, which its root neither has nor sets")
    is_list = root.parameters[name].Type == "CommaDelimitedList"
    return Join(",", Ref(name)) if is_list else Ref(name)


def by_service(controls: Iterable[Control], runbooks: Mapping[str, Runbook]) -> dict[str, dict[str, Runbook]]:
    """Return AWS service -> name -> runbook, sorted: the service of the controls that the runbook remediates.

    Several services: the first one by name. No control at all (a runbook that only another runs): "Shared". Services
    that differ in case only are one (`AutoScaling`, `Autoscaling`): file systems may not tell their templates apart.
    """
    services: dict[str, str] = {}
    service_of: dict[str, str] = {}
    for control in sorted(controls, key=lambda control: control.id):
        service = alphanumeric(control.id.split(".")[0])
        service_of.setdefault(control.runbook, services.setdefault(service.lower(), service))
    grouped: dict[str, dict[str, Runbook]] = {}
    for name, runbook in sorted(runbooks.items()):
        grouped.setdefault(service_of.get(name, "Shared"), {})[name] = runbook
    return dict(sorted(grouped.items()))
