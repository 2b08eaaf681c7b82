"""What only the state of a service tells about a resource: its full ARN, its owner. Read from moto's backends."""

from __future__ import annotations

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.stepfunctions.models import stepfunctions_backends
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from asr_templates.aws_reference.arns import Arn, is_arn, parse_arn

_IAM_COLLECTIONS = {
    "group": "groups",
    "instance-profile": "instance_profiles",
    "policy": "managed_policies",
    "role": "roles",
    "user": "users",
}


def iam_path(account: str, partition: str, resource_type: str, name: str) -> str | None:
    """The path of a role, user, group, policy or instance profile (`/` or `/team/`); None if there is none so named."""
    collection = getattr(iam_backends[account][partition], _IAM_COLLECTIONS[resource_type])

    return next((str(item.path or "/") for item in collection.values() if item.name == name), None)


def user_of_access_key(access_key: str, account: str, partition: str) -> str | None:
    """The ARN of the user that owns an access key; None for an unknown key."""
    users = iam_backends[account][partition].users.values()

    return next((str(user.arn) for user in users for key in user.access_keys if key.access_key_id == access_key), None)


def instance_of_profile(association_id: str, account: str, region: str) -> str | None:
    """The instance that an association gives an instance profile; None for an unknown association."""
    associations = ec2_backends[account][region].iam_instance_profile_associations.items()

    return next((str(name) for name, found in associations if found.association_id == association_id), None)


def kms_key_arn(key_id: str, account: str, region: str, partition: str) -> str:
    """The ARN of a key given by id, alias or either's ARN; an alias that points nowhere stays an alias."""
    if is_arn(key_id):
        arn = parse_arn(key_id)
        account, region, name = arn.account, arn.region, arn.resource.removeprefix("key/")
    else:
        name = key_id
    if name.startswith("alias/"):
        keys = kms_backends[account][region].keys.values()
        target = next((key.id for key in keys if name in key.aliases), None)
        resource = name if target is None else f"key/{target}"
    else:
        resource = f"key/{name}"

    return str(Arn(partition, "kms", region, account, resource))


def secret_arn(name: str, account: str, region: str) -> str | None:
    """The ARN of a secret, random suffix included; None if there is none so named."""
    secrets = secretsmanager_backends[account][region].secrets

    return next((str(secret.arn) for secret in secrets.values() if secret.name == name), None)


def bucket_owner(bucket: str) -> str | None:
    """The account that owns a bucket; None if no bucket has this name."""
    owner = s3_backends.bucket_accounts.get(bucket)

    return str(owner[1]) if owner else None


def state_machine_of_token(token: str, account: str, region: str) -> str | None:
    """The ARN of the state machine whose execution waits, or waited, for a task token; None for an unknown token."""
    backends = (stepfunctions_parser_backends[account][region], stepfunctions_backends[account][region])
    for machine in (machine for backend in backends for machine in backend.state_machines):
        for execution in machine.executions:
            worker = getattr(execution, "exec_worker", None)
            if worker is not None and worker.env.callback_pool_manager.get(token) is not None:
                return str(machine.arn)

    return None
