"""Actions that call one AWS API: aws:executeAwsApi, aws:assertAwsResourceProperty, aws:waitForAwsResourceProperty.

Source: the pages of these actions in the Systems Manager user guide. Service is a boto3 service name, Api the
operation's name in the service's API reference; all other inputs are the operation's parameters.
"""

import datetime
import json
from collections.abc import Mapping
from typing import Any

import botocore.exceptions
from botocore.model import ListShape, MapShape, OperationNotFoundError, Shape, StructureShape

from asr_templates.simulator.aws.automation.attempts import Attempt, Result, StepError
from asr_templates.simulator.aws.automation.references import Value, as_text
from asr_templates.simulator.aws.automation.selectors import select
from asr_templates.simulator.aws.errors import NotSimulated

POLL_SECONDS = 10.0
"""Between two looks of a wait. AWS does not document it; to be confirmed on a real account."""
WAIT_TIMEOUT_SECONDS = 3600
"""User guide: the default of aws:waitForAwsResourceProperty."""

_OWN_INPUTS = ("Service", "Api", "PropertySelector", "DesiredValues")


def execute_aws_api(attempt: Attempt, inputs: Mapping[str, Value]) -> Result:
    """Call the API; its response can be selected from."""
    return Result(response=call(attempt, inputs))


def assert_aws_resource_property(attempt: Attempt, inputs: Mapping[str, Value]) -> Result:
    """Call the API once and fail unless the selected property is one of the desired values."""
    response = call(attempt, inputs)
    value = select(inputs["PropertySelector"], response)
    if not _is_desired(attempt, value, inputs["DesiredValues"]):
        raise StepError(
            f"Property value from the API output is not in the desired values: {inputs['PropertySelector']} is "
            f"{as_text(value)}, desired is {' or '.join(map(as_text, inputs['DesiredValues']))}"
        )
    return Result(response=response)


def wait_for_aws_resource_property(attempt: Attempt, inputs: Mapping[str, Value]) -> Result:
    """Call the API again and again until the selected property is one of the desired values."""
    while True:
        response = call(attempt, inputs)
        if _is_desired(attempt, select(inputs["PropertySelector"], response), inputs["DesiredValues"]):
            return Result(response=response)
        attempt.wait(POLL_SECONDS)


def call(attempt: Attempt, inputs: Mapping[str, Value]) -> Value:
    """The response of the API as JSON. Raises StepError with AWS's own words where AWS refuses."""
    service, api = str(inputs["Service"]), str(inputs["Api"])
    try:
        client = attempt.client(service)
        operation = client.meta.service_model.operation_model(api)
    except botocore.exceptions.UnknownServiceError:
        raise StepError(f"Service {service!r} is no AWS service of boto3") from None
    except botocore.exceptions.BotoCoreError as error:
        raise StepError(str(error)) from error
    except OperationNotFoundError:
        raise StepError(f"Api {api!r} is no operation of {service}") from None
    parameters = {name: value for name, value in inputs.items() if name not in _OWN_INPUTS}
    try:
        response = getattr(client, _method(client, api))(**_shaped(operation.input_shape, parameters))
    except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
        raise StepError(str(error)) from error
    response.pop("ResponseMetadata", None)
    return _json(response)


def _method(client: Any, api: str) -> str:
    for method, operation in client.meta.method_to_api_mapping.items():
        if operation == api:
            return str(method)
    raise StepError(f"Api {api!r} is no operation")


def _is_desired(attempt: Attempt, value: Value, desired: list[Value]) -> bool:
    """Compared as text, booleans in either case: documents write True, JSON true."""
    if isinstance(value, list | dict):
        raise NotSimulated(attempt.place, "a PropertySelector that selects a list or a map")
    texts = [as_text(item) for item in desired]
    if isinstance(value, bool):
        return str(value).lower() in (text.lower() for text in texts)
    return value is not None and as_text(value) in texts


def _shaped(shape: Shape | None, value: Value) -> Value:
    """Texts turned into what the API's model wants, as Systems Manager does for values of its variables."""
    if shape is None or value is None:
        return value
    if isinstance(value, str):
        return _from_text(shape, value)
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {name: _shaped(shape.members.get(name), item) for name, item in value.items()}
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {name: _shaped(shape.value, item) for name, item in value.items()}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return _shaped_list(shape, value)
    return as_text(value) if shape.type_name == "string" else value


def _from_text(shape: Shape, text: str) -> Value:
    kind = shape.type_name
    try:
        if kind in ("structure", "map", "list"):
            return _shaped(shape, json.loads(text))
        if kind in ("integer", "long"):
            return int(text)
        if kind in ("float", "double"):
            return float(text)
    except ValueError:
        return text  # botocore then refuses it and names the parameter
    if kind == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return text


def _shaped_list(shape: ListShape, items: list[Value]) -> list[Value]:
    """A reference to a list inside of a list (`["{{ Ids }}"]`) becomes its items."""
    shaped: list[Value] = []
    for item in items:
        is_nested = isinstance(item, list) and not isinstance(shape.member, ListShape)
        shaped += [_shaped(shape.member, part) for part in (item if is_nested else [item])]
    return shaped


def _json(value: Value) -> Value:
    def plain(item: object) -> str:
        if isinstance(item, datetime.datetime | datetime.date):
            return item.isoformat()
        return item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item)

    return json.loads(json.dumps(value, default=plain))
