"""How each service's calls name their resources, where names and types alone do not tell.

Each rule gives the resources of one of a call's actions. Source: the "Resource types" tables of AWS's service
authorization reference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from asr_templates.aws_reference import iam
from asr_templates.aws_reference.arns import is_arn
from asr_templates.aws_reference.services import model
from asr_templates.simulator.aws.access import lookups
from asr_templates.simulator.aws.access.calls import ApiCall, texts_at
from asr_templates.simulator.aws.access.policies import Resource
from asr_templates.simulator.aws.access.resource_types import EC2_ID_PREFIXES
from asr_templates.simulator.aws.access.typed_resources import arn_of_type, by_type

Rule = Callable[[ApiCall, str], Iterator[Resource]]


def _apigateway(call: ApiCall, _action: str) -> Iterator[Resource]:
    """API Gateway's resources are the paths of its requests: `/restapis/<id>/stages/<name>`."""
    uri = str(model(call.service).operation_model(call.operation).http["requestUri"]).partition("?")[0]
    members = model(call.service).operation_model(call.operation).input_shape
    for name, shape in (members.members if members else {}).items():
        place = shape.serialization.get("name", name)
        uri = uri.replace("{" + place + "}", call.text(name) or "*").replace("{" + place + "+}", call.text(name) or "*")
    yield (call.arn("apigateway", uri.removeprefix("/v2"), account=""),)


def _dynamodb(call: ApiCall, _action: str) -> Iterator[Resource]:
    tables = [*call.texts("TableName"), *_keys(call.parameters.get("RequestItems"))]
    for item in _mappings(call.parameters.get("TransactItems")):
        for change in item.values():
            tables.extend(texts_at(change, "TableName"))
    for table in tables:
        arn = table if is_arn(table) else call.arn("dynamodb", f"table/{table}")
        index = call.text("IndexName")
        yield (f"{arn}/index/{index}",) if index else (arn,)


def _ec2(call: ApiCall, action: str) -> Iterator[Resource]:
    """Ids of any type (`Resources`, `ResourceIds`), and what ec2:CreateTags is to tag as it is made."""
    if "IamInstanceProfile" in call.operation and call.text("AssociationId"):
        instance = lookups.instance_of_profile(str(call.text("AssociationId")), call.account, call.region)
        yield (arn_of_type(call, "ec2", "instance", instance or "*"),)
    elif action == "ec2:CreateTags" and call.operation != "CreateTags":
        for made in call.texts("TagSpecifications.ResourceType"):
            yield (arn_of_type(call, "ec2", made, "*"),)
        return
    for identifier in [*call.texts("Resources"), *call.texts("ResourceIds")]:
        resource_type = EC2_ID_PREFIXES.get(identifier.rpartition("-")[0])
        if resource_type:
            yield (arn_of_type(call, "ec2", resource_type, identifier),)
    yield from by_type(call, "ec2", iam.resource_types(action))


def _events(call: ApiCall, action: str) -> Iterator[Resource]:
    types = iam.resource_types(action)
    if call.operation == "PutEvents":
        for entry in _mappings(call.parameters.get("Entries")):
            yield (_bus(call, str(entry.get("EventBusName") or "default")),)
    elif "rule-on-default-event-bus" in types:
        name = call.text("Rule") or call.text("Name")
        bus = _bus(call, call.text("EventBusName") or "default")
        prefix, _, bus_name = bus.replace(":event-bus/", ":rule/").rpartition("/")
        if name:
            yield (f"{prefix}/{name}" if bus_name == "default" else f"{prefix}/{bus_name}/{name}",)
    elif "event-bus" in types:
        yield (_bus(call, call.text("EventBusName") or call.text("Name") or "default"),)


def _bus(call: ApiCall, name: str) -> str:
    return name if is_arn(name) else call.arn("events", f"event-bus/{name}")


def _iam(call: ApiCall, action: str) -> Iterator[Resource]:
    types = iam.resource_types(action)
    if call.operation == "CreateServiceLinkedRole":  # the service alone knows the name that its role will have
        yield (call.arn("iam", f"role/aws-service-role/{call.text('AWSServiceName')}/*", region=""),)
    for resource_type, parameter in (
        ("role", "RoleName"),
        ("user", "UserName"),
        ("group", "GroupName"),
        ("instance-profile", "InstanceProfileName"),
        ("policy", "PolicyName"),
    ):
        name = call.text(parameter)
        if name and resource_type in types:
            path = call.text("Path") or lookups.iam_path(call.account, call.partition, resource_type, name) or "/"
            yield (call.arn("iam", f"{resource_type}{path}{name}", region=""),)
    access_key = call.text("AccessKeyId")
    if access_key and not call.text("UserName") and "user" in types:
        yield (
            lookups.user_of_access_key(access_key, call.account, call.partition)
            or call.arn("iam", "user/*", region=""),
        )
    policy_arn = call.text("PolicyArn")
    if policy_arn and "policy" in types:
        yield (policy_arn,)


def _kms(call: ApiCall, action: str) -> Iterator[Resource]:
    types = iam.resource_types(action)
    for path in ("KeyId", "TargetKeyId", "SourceKeyId", "DestinationKeyId"):
        for key in call.texts(path):
            yield (lookups.kms_key_arn(key, call.account, call.region, call.partition),)
    alias = call.text("AliasName")
    if alias and "alias" in types:
        yield (call.arn("kms", alias),)


def _lambda(call: ApiCall, action: str) -> Iterator[Resource]:
    types = iam.resource_types(action)
    function, qualifier = call.text("FunctionName"), call.text("Qualifier")
    if function and "function" in types:
        name = function.rpartition("function:")[2]
        account = function.split(":")[0] if re.match(r"\d{12}:", function) else None
        arn = function if is_arn(function) else call.arn("lambda", f"function:{name}", account=account)
        yield (f"{arn}:{qualifier}",) if qualifier else (arn,)
    layer, version = call.text("LayerName"), call.parameters.get("VersionNumber")
    if layer and ({"layer", "layerversion"} & {*types}):
        arn = layer if is_arn(layer) else call.arn("lambda", f"layer:{layer}")
        yield (f"{arn}:{version}",) if version is not None else (arn,)
    mapping = call.text("UUID")
    if mapping and "eventsourcemapping" in types:
        yield (call.arn("lambda", f"event-source-mapping:{mapping}"),)


def _logs(call: ApiCall, action: str) -> Iterator[Resource]:
    """A log group is named with and without `:*` at its end: both spellings are in use in policies."""
    groups = [*call.texts("logGroupName"), *call.texts("logGroupIdentifier"), *call.texts("logGroupIdentifiers")]
    for group in groups:
        arn = group.removesuffix(":*") if is_arn(group) else call.arn("logs", f"log-group:{group}")
        stream = call.text("logStreamName")
        if "log-stream" in iam.resource_types(action):
            yield (f"{arn}:log-stream:{stream or '*'}",)
        else:
            yield (arn, f"{arn}:*")


def _s3(call: ApiCall, action: str) -> Iterator[Resource]:
    types = iam.resource_types(action)
    bucket = call.text("Bucket")
    if bucket and "object" in types:
        copied = call.parameters.get("CopySource") if action.startswith("s3:GetObject") else None
        if copied:
            bucket, key = _copied_object(copied)
            keys = [key]
        else:
            keys = [*call.texts("Key"), *texts_at(call.parameters.get("Delete"), "Objects.Key")]
        yield from ((call.arn("s3", f"{bucket}/{key}", region="", account=""),) for key in keys)
    elif bucket and "bucket" in types:
        yield (call.arn("s3", bucket, region="", account=""),)


def _copied_object(source: object) -> tuple[str, str]:
    if isinstance(source, Mapping):
        return str(source.get("Bucket")), str(source.get("Key"))

    bucket, _, key = str(source).lstrip("/").partition("/")

    return bucket, key.partition("?versionId=")[0]


def _secretsmanager(call: ApiCall, _action: str) -> Iterator[Resource]:
    for name in [*call.texts("SecretId"), *call.texts("Name")]:
        known = name if is_arn(name) else lookups.secret_arn(name, call.account, call.region)
        yield (known or call.arn("secretsmanager", f"secret:{name}-??????"),)


def _securityhub(call: ApiCall, action: str) -> Iterator[Resource]:
    types = iam.resource_types(action)
    if call.operation == "BatchImportFindings":
        yield from ((arn,) for arn in dict.fromkeys(call.texts("Findings.ProductArn")))
    elif "hubv2" in types and call.operation.endswith("V2"):
        yield (call.arn("securityhub", "hubv2/*"),)
    elif "hub" in types:
        yield (call.arn("securityhub", "hub/default"),)


def _sns(call: ApiCall, _action: str) -> Iterator[Resource]:
    for path in ("TopicArn", "TargetArn", "ResourceArn"):
        for arn in call.texts(path):
            yield (arn,)
    for subscription in call.texts("SubscriptionArn"):
        yield (subscription.rpartition(":")[0],)
    name = call.text("Name")
    if name and call.operation == "CreateTopic":
        yield (call.arn("sns", name),)
    if call.text("PhoneNumber"):
        yield ("*",)


def _sqs(call: ApiCall, _action: str) -> Iterator[Resource]:
    for url in call.texts("QueueUrl"):
        account, name = url.split("/")[-2:] if "/" in url else (call.account, url)
        yield (call.arn("sqs", name, region=_queue_region(url) or call.region, account=account),)
    for name in call.texts("QueueName"):
        yield (call.arn("sqs", name, account=call.text("QueueOwnerAWSAccountId")),)


def _queue_region(url: str) -> str | None:
    """The region in a queue's URL (https://sqs.eu-west-1.amazonaws.com/...), if it has this form."""
    found = re.match(r"https?://sqs\.([a-z0-9-]+)\.amazonaws\.com", url)

    return found[1] if found else None


def _ssm(call: ApiCall, action: str) -> Iterator[Resource]:
    types = iam.resource_types(action)
    if action == "ssm:AddTagsToResource":
        yield from _tagged(call)
    elif call.operation == "StartAutomationExecution":
        yield from _automation(call)
    elif "parameter" in types and "document" not in types:
        for path in ("Name", "Names", "Path"):
            for name in call.texts(path):
                yield (name if is_arn(name) else call.arn("ssm", f"parameter/{name.lstrip('/')}"),)
    elif "servicesetting" in types:
        for setting in call.texts("SettingId"):
            yield (setting if is_arn(setting) else call.arn("ssm", f"servicesetting/{setting.lstrip('/')}"),)
    elif action.endswith("Document") or "document" in types:
        for path in ("Name", "DocumentName"):
            for name in call.texts(path):
                yield _document_names(call, "document", name)
        yield from by_type(call, "ssm", [name for name in types if name != "document"])


_TAGGED_TYPES = {"Automation": "automation-execution", "Document": "document", "Parameter": "parameter"}


def _tagged(call: ApiCall) -> Iterator[Resource]:
    """What gets tags: what AddTagsToResource names, or what another operation has just made."""
    if call.operation == "PutParameter":
        kind, name = "Parameter", call.text("Name")
    elif call.operation == "StartAutomationExecution":
        kind, name = "Automation", "*"
    else:
        kind, name = call.text("ResourceType") or "", call.text("ResourceId")
    if name and kind in _TAGGED_TYPES:
        yield (call.arn("ssm", f"{_TAGGED_TYPES[kind]}/{name.lstrip('/')}"),)


def _automation(call: ApiCall) -> Iterator[Resource]:
    """What ssm:StartAutomationExecution is checked for: the document by two names, and the new execution.

    To be confirmed: AWS's own solution grants all three forms, so all three are required here.
    """
    document = call.text("DocumentName") or "*"
    version = call.text("DocumentVersion") or "$DEFAULT"
    yield _document_names(call, "document", document)
    yield tuple(f"{name}:{version}" for name in _document_names(call, "automation-definition", document))
    yield (call.arn("ssm", "automation-execution/*"),)


def _document_names(call: ApiCall, resource_type: str, name: str) -> Resource:
    """A document of AWS's own belongs to no account; policies name it with the caller's account as well."""
    if is_arn(name):
        return (name.replace(":document/", f":{resource_type}/"),)
    own = call.arn("ssm", f"{resource_type}/{name}")
    if name.startswith("AWS"):
        return (call.arn("ssm", f"{resource_type}/{name}", account=""), own)

    return (own,)


def _states(call: ApiCall, action: str) -> Iterator[Resource]:
    token = call.text("taskToken")
    if token:
        machine = lookups.state_machine_of_token(token, call.account, call.region)
        yield (machine or call.arn("states", "stateMachine:*"),)
    elif call.operation == "CreateStateMachine":
        yield (call.arn("states", f"stateMachine:{call.text('name')}"),)
    else:
        yield from by_type(call, "states", iam.resource_types(action))


def _mappings(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, list | tuple):
        yield from (entry for entry in value if isinstance(entry, Mapping))


def _keys(value: object) -> list[str]:
    return [str(key) for key in value] if isinstance(value, Mapping) else []


RULES: Mapping[str, Rule] = {
    "apigateway": _apigateway,
    "dynamodb": _dynamodb,
    "ec2": _ec2,
    "events": _events,
    "iam": _iam,
    "kms": _kms,
    "lambda": _lambda,
    "logs": _logs,
    "s3": _s3,
    "secretsmanager": _secretsmanager,
    "securityhub": _securityhub,
    "sns": _sns,
    "sqs": _sqs,
    "ssm": _ssm,
    "states": _states,
}
