"""The actions of Systems Manager Automation: what they take and which outputs they have without declaring them.

Source: Systems Manager user guide, "Systems Manager Automation actions reference".
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    """required, optional: names of inputs; takes_api_parameters: all others are parameters of an API operation.

    outputs: what the action always offers to later steps, with its type.
    """

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    takes_api_parameters: bool = False
    outputs: Mapping[str, str] | None = None


_PROPERTY = ("Service", "Api", "PropertySelector", "DesiredValues")
_RATE_CONTROL = ("Targets", "TargetMaps", "TargetParameterName", "MaxConcurrency", "MaxErrors")

ACTIONS: Mapping[str, Action] = {
    "aws:approve": Action(
        ("Approvers",),
        ("NotificationArn", "Message", "MinRequiredApprovals"),
        outputs={"ApprovalStatus": "String", "ApproverDecisions": "MapList"},
    ),
    "aws:assertAwsResourceProperty": Action(_PROPERTY, takes_api_parameters=True),
    "aws:branch": Action(("Choices",), ("Default",)),
    "aws:createTags": Action(("ResourceIds", "Tags"), ("ResourceType",)),
    "aws:executeAutomation": Action(
        ("DocumentName",),
        ("DocumentVersion", "RuntimeParameters", "Tags", "TargetLocations", *_RATE_CONTROL),
        outputs={"ExecutionId": "String", "Output": "StringList", "Status": "String"},
    ),
    "aws:executeAwsApi": Action(("Service", "Api"), takes_api_parameters=True),
    "aws:executeScript": Action(
        ("Runtime", "Handler", "Script"),
        ("InputPayload", "Attachment"),
        outputs={"Payload": "StringMap", "OutputPayload": "StringMap"},
    ),
    "aws:invokeLambdaFunction": Action(
        ("FunctionName",),
        ("Qualifier", "InvocationType", "LogType", "ClientContext", "InputPayload", "Payload"),
        outputs={"StatusCode": "String", "FunctionError": "String", "LogResult": "String", "Payload": "String"},
    ),
    "aws:pause": Action(),
    "aws:sleep": Action((), ("Duration", "Timestamp")),
    "aws:updateVariable": Action(("Name", "Value")),
    "aws:waitForAwsResourceProperty": Action(_PROPERTY, takes_api_parameters=True),
}

NOT_VALIDATED = frozenset(
    f"aws:{name}"
    for name in (
        *("changeInstanceState", "copyImage", "createImage", "createStack", "deleteImage", "deleteStack"),
        *("executeStateMachine", "invokeWebhook", "loop", "runCommand", "runInstances"),
    )
)
"""Actions that exist and that this validation does not know: their documents are refused, not waved through."""

WAITS = ("aws:waitForAwsResourceProperty", "aws:approve")
"""Actions that wait, by default for as long as nobody wants: 3600 s, and seven days."""

STEP_FIELDS = frozenset(
    (
        *("name", "action", "description", "inputs", "outputs", "nextStep", "isEnd", "isCritical"),
        *("onFailure", "onCancel", "maxAttempts", "timeoutSeconds"),
    )
)
DOCUMENT_FIELDS = frozenset(
    ("schemaVersion", "description", "assumeRole", "parameters", "variables", "mainSteps", "outputs", "files")
)
OUTPUT_TYPES = ("String", "StringList", "Boolean", "Integer", "StringMap", "MapList")
GLOBALS = ("ACCOUNT_ID", "AWS_PARTITION", "DATE", "DATE_TIME", "REGION", "URL_SUFFIX")
