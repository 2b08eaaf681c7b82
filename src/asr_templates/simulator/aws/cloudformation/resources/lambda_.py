"""Lambda: functions, permissions, event source mappings and layers.

Answers and limits: Lambda Developer Guide, "Lambda quotas" and "Using environment variables"; API reference,
CreateFunction, AddPermission, CreateEventSourceMapping.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from asr_templates.simulator.aws.cloudformation.creation import Creation
from asr_templates.simulator.aws.cloudformation.failures import Refused
from asr_templates.simulator.aws.cloudformation.principals import (
    SERVICE_PRINCIPAL,
    denied_actions,
    principal_exists,
    service_can_assume,
)
from asr_templates.simulator.aws.cloudformation.resources.handler import Handler, Properties, given, handler, tag_map
from asr_templates.simulator.aws.cloudformation.stack import Created

MAXIMUM_INLINE_BYTES = 4 * 1024 * 1024
MAXIMUM_ENVIRONMENT_BYTES = 4096
QUEUE_ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
RESERVED_VARIABLES = frozenset(
    [
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    ]
)


def _create_function(creation: Creation, properties: Properties) -> Created:
    name = properties.get("FunctionName") or creation.generated_name()
    arn = creation.arn("lambda", f"function:{name}")
    if not service_can_assume(properties["Role"], "lambda.amazonaws.com", arn, creation):
        raise Refused(
            f"The role defined for the function cannot be assumed by Lambda: {properties['Role']} "
            "(Service: Lambda, Error Code: InvalidParameterValueException)"
        )
    _check_environment(properties.get("Environment", {}).get("Variables", {}))
    _check_permissions(properties)
    client = creation.clients("lambda")
    names = (
        "Runtime Handler Description Timeout MemorySize Environment Layers TracingConfig Architectures "
        "DeadLetterConfig EphemeralStorage LoggingConfig PackageType"
    )
    function = client.create_function(
        FunctionName=name,
        Role=properties["Role"],
        Code=_code(creation, properties),
        Tags=tag_map(properties.get("Tags", [])),
        **given(properties, names, KmsKeyArn="KMSKeyArn"),
    )
    if "ReservedConcurrentExecutions" in properties:
        client.put_function_concurrency(
            FunctionName=name, ReservedConcurrentExecutions=properties["ReservedConcurrentExecutions"]
        )
    return Created(name, {"Arn": function["FunctionArn"]})


def _check_permissions(properties: Properties) -> None:
    """Refuse a role that cannot do what the function's tracing and dead-letter settings need."""
    needed: list[tuple[str, str]] = []
    if properties.get("TracingConfig", {}).get("Mode") == "Active":
        needed.append(("xray:PutTraceSegments", "*"))
    dead_letter_arn = properties.get("DeadLetterConfig", {}).get("TargetArn")
    if dead_letter_arn:
        is_queue = dead_letter_arn.split(":")[2] == "sqs"
        needed.append(("sqs:SendMessage" if is_queue else "sns:Publish", dead_letter_arn))
    for action, resource in needed:
        _require_permissions(properties["Role"], [action], resource)


def _require_permissions(role_arn: str, actions: Iterable[str], resource: str) -> None:
    for denied in denied_actions(role_arn, actions, resource):
        service, _, operation = denied.partition(":")
        raise Refused(
            f"The provided execution role does not have permissions to call {operation} on {service.upper()}: "
            f"{role_arn} (Service: Lambda, Error Code: InvalidParameterValueException)"
        )


def _check_environment(variables: Mapping[str, str]) -> None:
    prefix = (
        "Lambda was unable to configure your environment variables because the environment variables you have provided"
    )
    reserved = sorted(RESERVED_VARIABLES & variables.keys())
    if reserved:
        raise Refused(
            f"{prefix} contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )
    size = sum(len(name.encode()) + len(value.encode()) for name, value in variables.items())
    if size > MAXIMUM_ENVIRONMENT_BYTES:
        raise Refused(f"{prefix} exceeded the 4KB limit ({size} bytes)")


def _code(creation: Creation, properties: Properties) -> dict[str, Any]:
    code = properties["Code"]
    if "ZipFile" not in code:
        _check_code_region(creation, code)
        return given(code, "S3Bucket S3Key S3ObjectVersion")
    source = code["ZipFile"].encode()
    if len(source) > MAXIMUM_INLINE_BYTES:
        raise Refused(f"ZipFile has {len(source)} bytes, at most {MAXIMUM_INLINE_BYTES} may be given inline")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        extension = "py" if properties.get("Runtime", "").startswith("python") else "js"
        zipped.writestr(zipfile.ZipInfo(f"index.{extension}"), source)
    return {"ZipFile": archive.getvalue()}


def _check_code_region(creation: Creation, code: Mapping[str, str]) -> None:
    """Refuse code in a bucket of another region, and code that is not there."""
    if "S3Bucket" not in code or "S3Key" not in code:
        raise Refused("Please provide a source for function code.")
    s3 = creation.clients("s3")
    try:
        location = s3.get_bucket_location(Bucket=code["S3Bucket"])["LocationConstraint"] or "us-east-1"
    except s3.exceptions.NoSuchBucket as error:
        raise _unreadable("NoSuchBucket", f"The specified bucket does not exist ({code['S3Bucket']})") from error
    if location != creation.region:
        raise _unreadable(
            "PermanentRedirect",
            f"The bucket is in this region: {location}. Please use this region to retry the request",
        )
    try:
        s3.head_object(Bucket=code["S3Bucket"], Key=code["S3Key"])
    except s3.exceptions.ClientError as error:
        raise _unreadable("NoSuchKey", f"The specified key does not exist ({code['S3Key']})") from error


def _unreadable(code: str, message: str) -> Refused:
    return Refused(f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}")


def _create_permission(creation: Creation, properties: Properties) -> Created:
    principal = properties["Principal"]
    if principal != "*" and not SERVICE_PRINCIPAL.fullmatch(principal) and not principal_exists(principal, creation):
        raise Refused(
            f"The provided principal was invalid: {principal}. Please check the principal and try again. "
            "(Service: Lambda, Error Code: InvalidParameterValueException)"
        )
    statement_id = creation.generated_name(100)
    creation.clients("lambda").add_permission(
        StatementId=statement_id,
        **given(properties, "FunctionName Action Principal SourceArn SourceAccount PrincipalOrgID"),
    )
    return Created(statement_id, {"Id": statement_id})


def _create_event_source_mapping(creation: Creation, properties: Properties) -> Created:
    source = properties.get("EventSourceArn", "")
    if source.split(":")[2:3] == ["sqs"]:
        _check_queue(creation, source, properties["FunctionName"])
    mapping = creation.clients("lambda").create_event_source_mapping(
        **given(
            properties,
            "FunctionName EventSourceArn BatchSize Enabled FunctionResponseTypes MaximumBatchingWindowInSeconds "
            "ScalingConfig FilterCriteria",
        )
    )
    arn = creation.arn("lambda", f"event-source-mapping:{mapping['UUID']}")
    return Created(mapping["UUID"], {"Id": mapping["UUID"], "EventSourceMappingArn": arn})


def _check_queue(creation: Creation, queue_arn: str, function_name: str) -> None:
    """Refuse a queue that the function may not read, or whose messages reappear while it may still work on them."""
    sqs = creation.clients("sqs")
    account, name = queue_arn.split(":")[4:6]
    url = sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    visibility = int(attributes["VisibilityTimeout"])
    function = creation.clients("lambda").get_function_configuration(FunctionName=function_name)
    timeout = function["Timeout"]
    _require_permissions(function["Role"], QUEUE_ACTIONS, queue_arn)
    if visibility < timeout:
        raise Refused(
            f"Queue visibility timeout: {visibility} seconds is less than Function timeout: {timeout} seconds "
            "(Service: Lambda, Error Code: InvalidParameterValueException)"
        )


def _create_layer_version(creation: Creation, properties: Properties) -> Created:
    _check_code_region(creation, properties["Content"])
    layer = creation.clients("lambda").publish_layer_version(
        LayerName=properties.get("LayerName") or creation.generated_name(),
        Content=properties["Content"],
        **given(properties, "Description CompatibleRuntimes CompatibleArchitectures LicenseInfo"),
    )
    return Created(layer["LayerVersionArn"], {"LayerVersionArn": layer["LayerVersionArn"]})


HANDLERS: Mapping[str, Handler] = {
    "AWS::Lambda::Function": handler(
        _create_function,
        "FunctionName Role Code.ZipFile Code.S3Bucket Code.S3Key Code.S3ObjectVersion Runtime Handler Description "
        "Timeout MemorySize Environment Layers TracingConfig Architectures DeadLetterConfig EphemeralStorage "
        "LoggingConfig PackageType KmsKeyArn Tags ReservedConcurrentExecutions",
    ),
    "AWS::Lambda::Permission": handler(
        _create_permission, "FunctionName Action Principal SourceArn SourceAccount PrincipalOrgID"
    ),
    "AWS::Lambda::EventSourceMapping": handler(
        _create_event_source_mapping,
        "FunctionName EventSourceArn BatchSize Enabled FunctionResponseTypes MaximumBatchingWindowInSeconds "
        "ScalingConfig FilterCriteria",
    ),
    "AWS::Lambda::LayerVersion": handler(
        _create_layer_version,
        "LayerName Content Description CompatibleRuntimes CompatibleArchitectures LicenseInfo",
    ),
}
