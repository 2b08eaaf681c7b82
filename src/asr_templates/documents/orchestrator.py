"""The orchestrator's state machine: Prepare -> Decided? -> Run -> Record, one execution per finding.

The state is the execution's input, to which each state adds: Prepared (target, and the outcome where it is known),
Ended (how the run ended) or Error (what was caught). So nothing that goes wrong loses the input, and Record, which
every way leads to, has all of it. Record's answer is the execution's output: a finding that is not remediated is no
failed execution. An execution fails only if Record does, which the admin stack's failure rule sees.

`${...}` are substituted when the stack is launched: INTEGRATIONS by the partition, PLACES by what the stack has made.
"""

from collections.abc import Mapping

from asr_templates.model import Document

INTEGRATIONS: Mapping[str, str] = {
    "InvokeFunction": "arn:${AWS::Partition}:states:::lambda:invoke",
    "SendMessageAndWait": "arn:${AWS::Partition}:states:::sqs:sendMessage.waitForTaskToken",
}
"""Resources of the states; cfn-lint knows only those of the partition aws, hence the names for them."""
PLACES = ("PrepareArn", "RecordArn", "SchedulingQueueUrl")

FUNCTION_SECONDS = 120
"""More than the functions' own time-out, which ends them first."""
RUN_SECONDS = 86_400
"""How long a run may take, with its waiting for a slot: a backlog of 10,000 findings in one region takes 2.6 hours."""
HEARTBEAT_SECONDS = 3_600

LAMBDA_ERRORS = (
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
)
"""Errors of the service, not of the code (Step Functions developer guide, "Handle transient Lambda service errors")."""
THROTTLED = (
    "ThrottledError",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
)
"""The functions' own error for an AWS service that is busy, and boto3's of services that have one by name."""
QUEUE_ERRORS = ("SQS.AmazonSQSException", "SQS.SdkClientException")


def orchestrator_definition() -> Document:
    """Return the state machine in Amazon States Language, with its substitutions still in it."""
    return {
        "Comment": "Remediates one finding: decides, runs the control runbook, records how it ended.",
        "QueryLanguage": "JSONPath",
        "StartAt": "Prepare",
        "States": {"Prepare": prepare(), "Decided?": decided(), "Run": run(), "Record": record()},
    }


def prepare() -> Document:
    """Decide, touching nothing, whether and where a remediation is to run."""
    return {
        **function("${PrepareArn}", {"Execution.$": "$$.Execution.Id", "Input.$": "$"}),
        "ResultSelector": {f"{name}.$": f"$.Payload.{name}" for name in ("Target", "Outcome", "Message")},
        "ResultPath": "$.Prepared",
        "Catch": caught(),
        "Next": "Decided?",
    }


def decided() -> Document:
    """Go on only where no outcome is known yet."""
    known = {"Not": {"Variable": "$.Prepared.Outcome", "IsNull": True}, "Next": "Record"}
    return {"Type": "Choice", "Choices": [known], "Default": "Run"}


def run() -> Document:
    """Hand the run to the scheduling queue and wait until it has ended.

    A retry sends a new message with a new token, so only what the queue itself answers is retried.
    """
    return {
        "Type": "Task",
        "Resource": "${SendMessageAndWait}",
        "Parameters": {
            "QueueUrl": "${SchedulingQueueUrl}",
            "MessageBody": {
                "Token.$": "$$.Task.Token",
                "Execution.$": "$$.Execution.Id",
                "Since.$": "$$.State.EnteredTime",
                "Input.$": "$",
            },
        },
        "ResultPath": "$.Ended",
        "TimeoutSeconds": RUN_SECONDS,
        "HeartbeatSeconds": HEARTBEAT_SECONDS,
        "Retry": [retry(QUEUE_ERRORS)],
        "Catch": caught(),
        "Next": "Record",
    }


def record() -> Document:
    """Keep and tell the end."""
    started = {"Execution.$": "$$.Execution.Id", "Started.$": "$$.Execution.StartTime", "State.$": "$"}
    return {**function("${RecordArn}", started), "OutputPath": "$.Payload", "End": True}


def function(arn: str, payload: Document) -> Document:
    """Return a state that calls a Lambda function; its answer is in Payload."""
    return {
        "Type": "Task",
        "Resource": "${InvokeFunction}",
        "Parameters": {"FunctionName": arn, "Payload": payload},
        "TimeoutSeconds": FUNCTION_SECONDS,
        "Retry": [retry(LAMBDA_ERRORS), retry(THROTTLED, attempts=40, longest=300)],
    }


def retry(errors: tuple[str, ...], attempts: int = 6, longest: int = 120) -> Document:
    """Return the retrier of errors that go away, with at most so many seconds between two attempts.

    By default within some minutes. A burst that exceeds a quota takes longer: Security Hub answers GetFindings, which
    each imported finding needs, three times a second.
    """
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": 2,
        "BackoffRate": 2,
        "MaxAttempts": attempts,
        "MaxDelaySeconds": longest,
        "JitterStrategy": "FULL",
    }


def caught() -> list[Document]:
    """Return the catcher that takes every error, with the state untouched, to Record."""
    return [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.Error", "Next": "Record"}]
