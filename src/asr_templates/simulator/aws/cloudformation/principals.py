"""Who a policy names, and what a role may do, as far as AWS looks at it while a resource is created.

AWS refuses a policy whose principal does not exist, a role that its service cannot assume, and some roles that lack the
permissions of their task.

IAM User Guide, "AWS JSON policy elements: Principal"; each service's answer differs, so the callers word it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError
from moto.sts.exceptions import STSClientError

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.access.decisions import RoleCaller, role_verdict
from asr_templates.simulator.aws.access.roles import find_role
from asr_templates.simulator.aws.cloudformation.creation import Creation
from asr_templates.simulator.aws.errors import NotSimulated

known_accounts: set[str] = set()
"""The account ids that exist, set by the environment; the launching account is always known."""

PRINCIPAL_ARN = re.compile(
    r"arn:(?P<partition>aws|aws-cn|aws-us-gov):(iam|sts)::(?P<account>\d{12}):"
    r"(?P<kind>root|role|user|assumed-role)(?P<path>/(?:[^/]+/)*)?(?P<name>[^/]+)?"
)
SERVICE_PRINCIPAL = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")


def unknown_principals(policy: Mapping[str, Any], creation: Creation) -> Iterator[str]:
    """Yield each principal of a policy that does not exist, as IAM prints it: `"AWS":"arn:..."`.

    Raises NotSimulated on a federated or canonical principal.
    """
    statements = policy.get("Statement", [])
    for statement in [statements] if isinstance(statements, dict) else statements:
        for element in ("Principal", "NotPrincipal"):
            principals = statement.get(element, {})
            if isinstance(principals, str):
                principals = {"AWS": principals}
            for kind, names in principals.items():
                for name in [names] if isinstance(names, str) else names:
                    if not _exists(kind, name, creation):
                        yield f'"{kind}":"{name}"'


def _exists(kind: str, name: str, creation: Creation) -> bool:
    if kind == "Service":
        return SERVICE_PRINCIPAL.fullmatch(name) is not None
    if kind != "AWS":
        raise NotSimulated(creation.place, f"a policy with a principal of kind {kind}")
    return name == "*" or principal_exists(name, creation)


def principal_exists(name: str, creation: Creation) -> bool:
    """Whether an account id or the ARN of an account, role, user or role session exists in the stack's partition."""
    accounts = known_accounts | {creation.account}
    if re.fullmatch(r"\d{12}", name):
        return name in accounts
    arn = PRINCIPAL_ARN.fullmatch(name)
    if arn is None or arn["partition"] != creation.partition or arn["account"] not in accounts:
        return False
    if arn["kind"] == "root":
        return arn["path"] is None
    if arn["kind"] == "role":
        return identity.role_exists(name)
    iam = identity.administrator(arn["account"]).client("iam", region_name=creation.region)
    try:
        if arn["kind"] == "user":
            return bool(iam.get_user(UserName=arn["name"] or "")["User"]["Arn"] == name)
        iam.get_role(RoleName=(arn["path"] or "").strip("/"))
    except ClientError:
        return False
    return True


def service_can_assume(role_arn: str, service: str, source_arn: str, creation: Creation) -> bool:
    """Whether a role exists and its trust policy lets a service of AWS assume it, `lambda.amazonaws.com`.

    source_arn: the resource for which the service would assume it.
    """
    caller = identity.Principal(service, creation.account, "service")
    try:
        identity.check_assumable(role_arn, caller, {"aws:SourceAccount": creation.account, "aws:SourceArn": source_arn})
    except STSClientError:
        return False
    return True


def denied_actions(role_arn: str, actions: Iterable[str], resource: str) -> list[str]:
    """Name those of the actions that a role may not do on a resource, given by its ARN or `*`."""
    role = find_role(role_arn)
    if role is None:
        return list(actions)
    caller = RoleCaller(role)
    return [action for action in actions if not role_verdict(caller, action, (resource,), {}).allowed]
