"""CloudFormation's own types: nested stacks, wait condition handles and custom resources."""

from collections.abc import Mapping

from asr_templates.simulator.aws.cloudformation.creation import Creation
from asr_templates.simulator.aws.cloudformation.custom_resources import create_custom_resource
from asr_templates.simulator.aws.cloudformation.failures import Refused
from asr_templates.simulator.aws.cloudformation.properties import CUSTOM_RESOURCE
from asr_templates.simulator.aws.cloudformation.resources.handler import Handler, Properties, handler
from asr_templates.simulator.aws.cloudformation.stack import Created
from asr_templates.simulator.aws.errors import NotSimulated


def _create_nested_stack(creation: Creation, properties: Properties) -> Created:
    stack = creation.nest(creation, properties["TemplateURL"], properties.get("Parameters", {}))
    outputs = {f"Outputs.{name}": value for name, value in stack.outputs.items()}
    return Created(stack.id, {"StackId": stack.id, **outputs})


def _create_wait_condition_handle(creation: Creation, properties: Properties) -> Created:
    """Make the handle's URL; nothing listens there, since AWS::CloudFormation::WaitCondition is not simulated."""
    host = f"cloudformation-waitcondition-{creation.region}.s3.{creation.region}.{creation.url_suffix}"
    url = f"https://{host}/{creation.stack_id}/{creation.logical_id}"
    return Created(url, {"Id": url})


def _create_custom_resource(creation: Creation, properties: Properties) -> Created:
    service, region = [*str(properties["ServiceToken"]).split(":"), "", "", "", ""][2:4]
    if service != "lambda":
        raise NotSimulated(creation.place, f"a custom resource with ServiceToken {properties['ServiceToken']}")
    if region != creation.region:
        raise Refused(f"ServiceToken must be in the stack's region, {creation.region}: {properties['ServiceToken']}")
    asked = {name: value for name, value in properties.items() if name != "ServiceTimeout"}
    return create_custom_resource(
        creation.clients("lambda"), creation.type, creation.stack_id, creation.logical_id, asked
    )


CUSTOM = handler(_create_custom_resource, "")
"""Takes any property; serves AWS::CloudFormation::CustomResource and Custom::anything."""

HANDLERS: Mapping[str, Handler] = {
    "AWS::CloudFormation::Stack": handler(_create_nested_stack, "TemplateURL Parameters TimeoutInMinutes"),
    "AWS::CloudFormation::WaitConditionHandle": handler(_create_wait_condition_handle, ""),
    CUSTOM_RESOURCE: CUSTOM,
}
