"""Creates stacks: reads a template, refuses what AWS would refuse, then makes its resources one after the other.

Everything that can be seen in the template alone (references, conditions, parameters, limits) is refused before the
first resource is made. A resource that fails ends the creation: what was made before it stays (as with "preserve
successfully provisioned resources"), the stack is CREATE_FAILED, and so are those that it is nested in. Only creation
is played; `resources.Handler` is where updates and deletions of a type belong.
"""

import re
import time
import uuid
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError, ParamValidationError

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.cloudformation.conditions import Conditions, check_conditions, check_rules
from asr_templates.simulator.aws.cloudformation.creation import Clients, Creation
from asr_templates.simulator.aws.cloudformation.failures import Refused, TemplateError
from asr_templates.simulator.aws.cloudformation.intrinsics import NO_VALUE, Resolver
from asr_templates.simulator.aws.cloudformation.parameters import ParameterValue, parameter_values
from asr_templates.simulator.aws.cloudformation.properties import is_custom, typed_properties, unapplied
from asr_templates.simulator.aws.cloudformation.references import check_presence, check_references, creation_order
from asr_templates.simulator.aws.cloudformation.resources import handler_of
from asr_templates.simulator.aws.cloudformation.stack import Created, Stack, StackEvent, StackFailed
from asr_templates.simulator.aws.cloudformation.template import Resource, Template, load_template
from asr_templates.simulator.aws.cloudformation.template_urls import template_text
from asr_templates.simulator.aws.errors import NotSimulated

URL_SUFFIXES = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}
"""Partition -> AWS::URLSuffix."""

STACK_NAME = "[a-zA-Z][-a-zA-Z0-9]{0,127}"
STACK_NAME_LENGTH = 128


def create_stack(
    *,
    name: str,
    template: Mapping[str, Any] | str | None,
    template_url: str | None,
    parameters: Mapping[str, str],
    account: str,
    region: str,
    exports: MutableMapping[str, str],
) -> Stack:
    """Create a stack and everything in it with the rights of the account's administrator.

    template: its text or content, as a file that a person uploads; or template_url: where it is in S3. Exactly one.
    exports: what the stacks of this account and region export, by name; this stack's exports are added at its end.
    Raises StackFailed, or NotSimulated on anything that the engine or the type's handler does not know.
    """
    if (template is None) == (template_url is None):
        raise ValueError("create_stack takes either a template or a template_url")
    session = identity.administrator(account)
    stack_id = _stack_id(session.get_partition_for_region(region), region, account, name)
    stack = Stack(id=stack_id, name=name, path=name, account=account, region=region)
    _Launch(stack, session, Clients(session, region), exports).create(template, template_url, parameters)
    return stack


def _stack_id(partition: str, region: str, account: str, name: str) -> str:
    """Make a stack's ARN; the same stack at the same virtual time has the same one, so runs are reproducible."""
    unique = uuid.uuid5(uuid.NAMESPACE_URL, f"{account}/{region}/{name}/{time.time()}")
    return f"arn:{partition}:cloudformation:{region}:{account}:stack/{name}/{unique}"


@dataclass
class _Launch:
    """The creation of one stack; it is what the stack's values are resolved in."""

    stack: Stack
    session: boto3.Session
    clients: Clients
    exports: MutableMapping[str, str]
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    template: Template = field(default_factory=Template)

    def __post_init__(self) -> None:
        self.partition = self.session.get_partition_for_region(self.stack.region)
        self.url_suffix = URL_SUFFIXES.get(self.partition, "")
        if not self.url_suffix:
            raise NotSimulated(self.path, f"partition {self.partition}")

    def create(self, template: Mapping[str, Any] | str | None, url: str | None, given: Mapping[str, str]) -> None:
        """Create the stack from a template or its URL. Raises StackFailed."""
        try:
            if not re.fullmatch(STACK_NAME, self.stack.name):
                raise TemplateError(f"Stack name {self.stack.name!r} must match the pattern {STACK_NAME}")
            if template is None:
                assert url is not None
                template = template_text(url, self.url_suffix, self.session, self.stack.region)
            order = self._plan(template, given)
            for logical_id in order:
                self._create_resource(logical_id, self.template.resources[logical_id])
            self._finish()
        except TemplateError as error:
            self.stack.status = "CREATE_FAILED"
            raise StackFailed(self.stack, None, str(error)) from error
        except StackFailed:
            self.stack.status = "CREATE_FAILED"
            raise
        self.stack.status = "CREATE_COMPLETE"

    def _plan(self, body: Mapping[str, Any] | str, given: Mapping[str, str]) -> list[str]:
        """Refuse what can be refused before anything is made, and order what is to be made."""
        region = self.stack.region
        self.template = load_template(body, self.path)
        self.resolver = Resolver(self, self.template.mappings, self.template.has_language_extensions)
        self.conditions = Conditions(self.template.conditions, self.resolver)
        self.parameters = parameter_values(self.template.parameters, given, self.stored_parameter, self.path)
        check_references(self.template, region)
        check_rules(self.template, self.conditions)
        check_conditions(self.template, self.conditions)
        for resource in self.template.resources.values():
            self.resolver.check(resource.properties)
        self.resolver.check(list(self.template.outputs.values()))
        present = {
            logical_id: resource
            for logical_id, resource in self.template.resources.items()
            if self._is_present(resource.condition)
        }
        absent = frozenset(self.template.resources.keys() - present.keys())
        for logical_id, resource in present.items():
            handler_of(resource.type, f"{self.path}/{logical_id}")
        outputs = [output for output in self.template.outputs.values() if self._is_present(output.get("Condition"))]
        check_presence(outputs, "Outputs", absent, self.chosen)
        return creation_order(present, absent, self.chosen)

    def _is_present(self, condition: str | None) -> bool:
        return condition is None or self.chosen(condition)

    def _create_resource(self, logical_id: str, resource: Resource) -> None:
        place = f"{self.path}/{logical_id}"
        handler = handler_of(resource.type, place)
        self.stack.events.append(StackEvent(logical_id, resource.type, "CREATE_IN_PROGRESS"))
        try:
            properties = typed_properties(resource.type, self.stack.region, self.resolver.value(resource.properties))
            for property_path in [] if is_custom(resource.type) else unapplied(properties, handler.applies):
                raise NotSimulated(place, f"{resource.type}.{property_path}")
            created = handler.create(self._creation(logical_id, resource), properties)
        except (Refused, TemplateError, ClientError, ParamValidationError) as error:
            reason = f"({resource.type}) {error}"
            self.stack.events.append(StackEvent(logical_id, resource.type, "CREATE_FAILED", reason))
            raise StackFailed(self.stack, logical_id, reason) from error
        except StackFailed as error:
            self.stack.events.append(StackEvent(logical_id, resource.type, "CREATE_FAILED", str(error)))
            raise
        except Exception as error:
            error.add_note(f"while {place} ({resource.type}) was created")
            raise
        self.stack.resources[logical_id] = created
        self.stack.events.append(StackEvent(logical_id, resource.type, "CREATE_COMPLETE"))

    def _creation(self, logical_id: str, resource: Resource) -> Creation:
        return Creation(
            stack_id=self.stack.id,
            stack_name=self.stack.name,
            place=f"{self.path}/{logical_id}",
            logical_id=logical_id,
            type=resource.type,
            account=self.stack.account,
            region=self.stack.region,
            partition=self.partition,
            url_suffix=self.url_suffix,
            clients=self.clients,
            nest=self._nest,
        )

    def _nest(self, creation: Creation, url: str, given: Mapping[str, str]) -> Stack:
        """Create the stack that a resource of type AWS::CloudFormation::Stack declares."""
        name = creation.generated_name(STACK_NAME_LENGTH)
        stack_id = _stack_id(self.partition, self.stack.region, self.stack.account, name)
        child = Stack(id=stack_id, name=name, path=creation.place, account=self.stack.account, region=self.stack.region)
        self.stack.children[creation.logical_id] = child
        _Launch(child, self.session, self.clients, self.exports).create(None, url, given)
        return child

    def _finish(self) -> None:
        """Resolve the outputs and export what is to be exported."""
        for name, output in self.template.outputs.items():
            if not self._is_present(output.get("Condition")):
                continue
            self.stack.outputs[name] = self.resolver.text(output["Value"], f"output {name}")
            if "Export" in output:
                export = self.resolver.text(output["Export"].get("Name"), f"the export of output {name}")
                if export in self.exports:
                    raise TemplateError(f"Export with name {export} is already exported by another stack")
                self.exports[export] = self.stack.outputs[name]

    @property
    def path(self) -> str:
        """The stack's names from the root."""
        return self.stack.path

    def ref(self, name: str) -> Any:
        """Give the value of a parameter, a pseudo parameter or a created resource."""
        pseudo: dict[str, Any] = {
            "AWS::AccountId": self.stack.account,
            "AWS::NotificationARNs": [],
            "AWS::NoValue": NO_VALUE,
            "AWS::Partition": self.partition,
            "AWS::Region": self.stack.region,
            "AWS::StackId": self.stack.id,
            "AWS::StackName": self.stack.name,
            "AWS::URLSuffix": self.url_suffix,
        }
        if name in pseudo:
            return pseudo[name]
        return self.parameters[name] if name in self.parameters else self._resource(name).physical_id

    def attribute(self, logical_id: str, name: str) -> Any:
        """Give an attribute of a created resource."""
        attributes = self._resource(logical_id).attributes
        if name in attributes:
            return attributes[name]
        resource_type = self.template.resources[logical_id].type
        if is_custom(resource_type):
            raise TemplateError(
                f"CustomResource attribute error: Vendor response doesn't contain {name} attribute of {logical_id}"
            )
        if name.startswith("Outputs."):
            raise TemplateError(f"Output '{name.removeprefix('Outputs.')}' not found in stack {self.path}/{logical_id}")
        raise NotSimulated(f"{self.path}/{logical_id}", f"attribute {resource_type}.{name}")

    def _resource(self, logical_id: str) -> Created:
        return self.stack.resources[logical_id]

    def chosen(self, condition: str) -> bool:
        """Say whether a condition is true."""
        return self.conditions.chosen(condition)

    def imported(self, name: str) -> str:
        """Give the value that another stack exports."""
        if name not in self.exports:
            raise TemplateError(f"No export named {name} found")
        return self.exports[name]

    def zones(self, region: str) -> list[str]:
        """Name the Availability Zones of a region, the stack's own for ""."""
        answer = self.clients("ec2", region or self.stack.region).describe_availability_zones()
        return [zone["ZoneName"] for zone in answer["AvailabilityZones"]]

    def stored_parameter(self, name: str) -> str:
        """Read an SSM parameter, `name` or `name:version`. Raises TemplateError if there is none."""
        try:
            value: str = self.clients("ssm").get_parameter(Name=name)["Parameter"]["Value"]
        except ClientError as error:
            raise TemplateError(
                f"Unable to fetch parameters [{name}] from parameter store for this account."
            ) from error
        return value
