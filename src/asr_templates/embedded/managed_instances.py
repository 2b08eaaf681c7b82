"""Step of AttachSSMPermissionsToEC2: what waits for an instance wants its id, not its ARN."""


def instance_id(event: dict[str, str], context: object) -> dict[str, str]:
    """Return {"InstanceId": "i-..."} of the payload's InstanceArn."""
    return {"InstanceId": event["InstanceArn"].rpartition("/")[2]}
