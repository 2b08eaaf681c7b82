"""CloudWatch Logs: log groups."""

from collections.abc import Mapping

from asr_templates.simulator.aws.cloudformation.creation import Creation
from asr_templates.simulator.aws.cloudformation.resources.handler import Handler, Properties, given, handler, tag_map
from asr_templates.simulator.aws.cloudformation.stack import Created


def _create_log_group(creation: Creation, properties: Properties) -> Created:
    logs = creation.clients("logs")
    name = properties.get("LogGroupName") or creation.generated_name(512)
    logs.create_log_group(
        logGroupName=name,
        tags=tag_map(properties.get("Tags", [])),
        **given(properties, "", KmsKeyId="kmsKeyId", LogGroupClass="logGroupClass"),
    )
    if "RetentionInDays" in properties:
        logs.put_retention_policy(logGroupName=name, retentionInDays=properties["RetentionInDays"])
    return Created(name, {"Arn": creation.arn("logs", f"log-group:{name}:*")})


HANDLERS: Mapping[str, Handler] = {
    "AWS::Logs::LogGroup": handler(_create_log_group, "LogGroupName KmsKeyId LogGroupClass RetentionInDays Tags")
}
