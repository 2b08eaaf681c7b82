"""Step Functions: state machines."""

import json
import re
from collections.abc import Mapping

from asr_templates.simulator.aws.cloudformation.creation import Creation
from asr_templates.simulator.aws.cloudformation.failures import Refused
from asr_templates.simulator.aws.cloudformation.parameters import text_of
from asr_templates.simulator.aws.cloudformation.principals import denied_actions, service_can_assume
from asr_templates.simulator.aws.cloudformation.resources.handler import Handler, Properties, handler, refuse_existing
from asr_templates.simulator.aws.cloudformation.stack import Created
from asr_templates.simulator.aws.errors import NotSimulated

MAXIMUM_DEFINITION_BYTES = 1024 * 1024
LOG_DELIVERY_ACTIONS = tuple(
    f"logs:{operation}"
    for operation in (
        "CreateLogDelivery",
        "GetLogDelivery",
        "UpdateLogDelivery",
        "DeleteLogDelivery",
        "ListLogDeliveries",
        "PutResourcePolicy",
        "DescribeResourcePolicies",
        "DescribeLogGroups",
    )
)
"""Step Functions Developer Guide, "Using CloudWatch Logs to log execution history"; they know no resource but `*`."""


def _create_state_machine(creation: Creation, properties: Properties) -> Created:
    name = properties.get("StateMachineName") or creation.generated_name(80)
    arn = creation.arn("states", f"stateMachine:{name}")
    if properties.get("StateMachineType", "STANDARD") != "STANDARD":
        raise NotSimulated(creation.place, f"StateMachineType {properties['StateMachineType']}")
    if not service_can_assume(properties["RoleArn"], "states.amazonaws.com", arn, creation):
        raise Refused(
            "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume "
            f"the provided role {properties['RoleArn']} (Service: Sfn, Error Code: AccessDeniedException)"
        )
    client = creation.clients("stepfunctions")
    pages = client.get_paginator("list_state_machines").paginate()
    refuse_existing(creation, arn, any(machine["name"] == name for page in pages for machine in page["stateMachines"]))
    settings = {}
    if "LoggingConfiguration" in properties:
        _check_log_delivery(properties)
        settings["loggingConfiguration"] = _logging(properties["LoggingConfiguration"])
    if "TracingConfiguration" in properties:
        settings["tracingConfiguration"] = {"enabled": properties["TracingConfiguration"].get("Enabled", False)}
    client.create_state_machine(
        name=name,
        definition=_definition(properties),
        roleArn=properties["RoleArn"],
        type="STANDARD",
        tags=[{"key": tag["Key"], "value": tag["Value"]} for tag in properties.get("Tags", [])],
        **settings,
    )
    return Created(arn, {"Arn": arn, "Name": name})


def _definition(properties: Properties) -> str:
    """Write the definition with its substitutions, `${name}`; a name that is not given stays as it is."""
    given = [name for name in ("Definition", "DefinitionString") if name in properties]
    if len(given) != 1:
        raise Refused("Exactly one of Definition and DefinitionString is needed.")
    definition = properties[given[0]]
    is_text = isinstance(definition, str)
    text = definition if is_text else json.dumps(definition)
    substitutions: Mapping[str, str | int | bool] = properties.get("DefinitionSubstitutions", {})

    def substituted(variable: re.Match[str]) -> str:
        if variable[1] not in substitutions:
            return variable[0]
        value = text_of(substitutions[variable[1]])
        return value if is_text else json.dumps(value)[1:-1]

    text = re.sub(r"\$\{([^}]+)\}", substituted, text)
    if len(text.encode()) > MAXIMUM_DEFINITION_BYTES:
        raise Refused(f"The state machine definition exceeds {MAXIMUM_DEFINITION_BYTES} bytes: {len(text.encode())}")
    return text


def _check_log_delivery(properties: Properties) -> None:
    """Refuse a role that may not set up the delivery of logs, unless nothing is to be logged."""
    level = properties["LoggingConfiguration"].get("Level", "OFF")
    denied = denied_actions(properties["RoleArn"], LOG_DELIVERY_ACTIONS, "*") if level != "OFF" else []
    if denied:
        raise Refused(
            "The state machine IAM Role is not authorized to access the Log Destination: "
            f"{properties['RoleArn']} may not do {', '.join(denied)} on *"
        )


def _logging(configuration: Properties) -> dict[str, object]:
    destinations = []
    for destination in configuration.get("Destinations", []):
        group = destination.get("CloudWatchLogsLogGroup", {}).get("LogGroupArn", "")
        if not group.endswith(":*"):
            raise Refused(f"Invalid Logging Configuration: the log group's ARN must end with ':*', not {group!r}")
        destinations.append({"cloudWatchLogsLogGroup": {"logGroupArn": group}})
    return {
        "level": configuration.get("Level", "OFF"),
        "includeExecutionData": configuration.get("IncludeExecutionData", False),
        "destinations": destinations,
    }


HANDLERS: Mapping[str, Handler] = {
    "AWS::StepFunctions::StateMachine": handler(
        _create_state_machine,
        "StateMachineName StateMachineType RoleArn Definition DefinitionString DefinitionSubstitutions "
        "LoggingConfiguration TracingConfiguration Tags",
    )
}
