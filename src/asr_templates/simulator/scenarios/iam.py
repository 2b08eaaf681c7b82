"""Broken resources of AWS IAM."""

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario
from asr_templates.simulator.scenarios.past import days_ago

WEAK = {
    "MinimumPasswordLength": 6,
    "RequireSymbols": False,
    "RequireNumbers": False,
    "RequireUppercaseCharacters": False,
    "RequireLowercaseCharacters": False,
    "AllowUsersToChangePassword": True,
}
"""A policy that fails every control, with one setting of the customer's own."""

Rule = Callable[[Mapping[str, Any]], bool]


def weak_policy(place: Place) -> str:
    """An account whose password policy asks for next to nothing."""
    place.client("iam").update_account_password_policy(**WEAK)
    return place.account_resource


def no_policy(place: Place) -> str:
    """An account without a password policy of its own."""
    if policy(place, place.account_resource):
        place.client("iam").delete_account_password_policy()
    return place.account_resource


def policy(place: Place, resource_id: str) -> dict[str, Any] | None:
    """Return the account's password policy, None where it has none."""
    iam = place.client("iam")
    try:
        return dict(iam.get_account_password_policy()["PasswordPolicy"])
    except iam.exceptions.NoSuchEntityException:
        return None


def meets(rule: Rule, place: Place, resource_id: str) -> bool:
    """The policy passes the control's rule, and the customer's own setting is still there."""
    found = policy(place, resource_id) or {}
    return rule(found) and found["AllowUsersToChangePassword"] is True


def is_set(place: Place, resource_id: str) -> bool:
    """The account has a policy, and it meets IAM.7."""
    found = policy(place, resource_id)
    return found is not None and is_strong(found)


def weaken(place: Place, resource_id: str) -> None:
    """Someone sets the weak policy again, with a length of its own."""
    place.client("iam").update_account_password_policy(**{**WEAK, "MinimumPasswordLength": 7})


def is_strong(found: Mapping[str, Any]) -> bool:
    """IAM.7 with Security Hub's defaults."""
    required = ("RequireUppercaseCharacters", "RequireLowercaseCharacters", "RequireSymbols", "RequireNumbers")
    return all(found[name] for name in required) and found["MinimumPasswordLength"] >= 8


def is_strong_for_pci(found: Mapping[str, Any]) -> bool:
    """IAM.10: what PCI DSS asks for."""
    required = ("RequireUppercaseCharacters", "RequireLowercaseCharacters", "RequireNumbers")
    lengths = found["MinimumPasswordLength"] >= 7 and found.get("PasswordReusePrevention", 0) >= 4
    return all(found[name] for name in required) and lengths and 0 < found.get("MaxPasswordAge", 0) <= 90


def user_with_old_key(age: int, place: Place) -> str:
    """A user with an access key of an age in days, which nobody has used, and one that is new."""
    iam = place.client("iam")
    name = f"ann.lee+ops@{uuid.uuid4().hex[:8]}"
    with days_ago(age):
        user = iam.create_user(UserName=name, Path="/teams/web/")["User"]
        iam.create_access_key(UserName=name)
    iam.create_access_key(UserName=name)
    return str(user["Arn"])


def user_with_old_key_and_password(age: int, place: Place) -> str:
    """The same user with a console password of that age."""
    resource_id = user_with_old_key(age, place)
    with days_ago(age):
        place.client("iam").create_login_profile(UserName=user_name(resource_id), Password="Not-a-secret-1")
    return resource_id


def user_name(resource_id: str) -> str:
    """Return the name of a user's ARN."""
    return resource_id.rpartition("/")[2]


def user(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the user with the access keys, the oldest first, and with the console password's data."""
    iam = place.client("iam")
    name = user_name(resource_id)
    keys = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
    try:
        password = iam.get_login_profile(UserName=name)["LoginProfile"]
    except iam.exceptions.NoSuchEntityException:
        password = None
    return {
        "User": iam.get_user(UserName=name)["User"],
        "AccessKeys": sorted(keys, key=lambda key: str(key["CreateDate"])),
        "Password": password,
    }


def only_new_key_is_active(place: Place, resource_id: str) -> bool:
    """The old access key is inactive and the new one active; there is no console password."""
    found = user(place, resource_id)
    return [key["Status"] for key in found["AccessKeys"]] == ["Inactive", "Active"] and found["Password"] is None


def activate_again(place: Place, resource_id: str) -> None:
    """Someone activates the old access key again."""
    oldest = user(place, resource_id)["AccessKeys"][0]["AccessKeyId"]
    place.client("iam").update_access_key(UserName=user_name(resource_id), AccessKeyId=oldest, Status="Active")


SUPPORT_ROLE = "ASR-IncidentSupport"


def support_policy(place: Place) -> str:
    """Return the ARN of the policy that lets its holders manage incidents with AWS Support."""
    return f"arn:{place.partition}:iam::aws:policy/AWSSupportAccess"


def account_without_support(place: Place) -> str:
    """An account where nobody may manage incidents with AWS Support; what an earlier proof made is gone."""
    iam = place.client("iam")
    try:
        for policy in iam.list_attached_role_policies(RoleName=SUPPORT_ROLE)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=SUPPORT_ROLE, PolicyArn=policy["PolicyArn"])
        iam.delete_role(RoleName=SUPPORT_ROLE)
    except iam.exceptions.NoSuchEntityException:
        pass
    return place.account_resource


def support(place: Place, resource_id: str) -> dict[str, Any]:
    """Return who holds the policy, and the support role with its policies; without ids and dates."""
    iam = place.client("iam")
    holders = iam.list_entities_for_policy(PolicyArn=support_policy(place))
    found = {kind: holders[kind] for kind in ("PolicyGroups", "PolicyUsers", "PolicyRoles")}
    for role in found["PolicyRoles"]:
        role.pop("RoleId")
    try:
        role = iam.get_role(RoleName=SUPPORT_ROLE)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return {**found, "Role": None}
    given = ("RoleId", "CreateDate", "RoleLastUsed")
    policies = iam.list_attached_role_policies(RoleName=SUPPORT_ROLE)["AttachedPolicies"]
    return {**found, "Role": {key: role[key] for key in role if key not in given}, "Policies": policies}


def has_support(place: Place, resource_id: str) -> bool:
    """Somebody holds the policy, and the support role is not open to everyone in the account."""
    found = support(place, resource_id)
    statements = found["Role"]["AssumeRolePolicyDocument"]["Statement"]
    return len(found["PolicyRoles"]) == 1 and all(statement["Condition"] for statement in statements)


def give_more(place: Place, resource_id: str) -> None:
    """Someone gives the support role another policy."""
    arn = f"arn:{place.partition}:iam::aws:policy/ReadOnlyAccess"
    place.client("iam").attach_role_policy(RoleName=SUPPORT_ROLE, PolicyArn=arn)


RULES: dict[str, Rule] = {
    "IAM.7": is_strong,
    "IAM.10": is_strong_for_pci,
    "IAM.11": lambda found: bool(found["RequireUppercaseCharacters"]),
    "IAM.12": lambda found: bool(found["RequireLowercaseCharacters"]),
    "IAM.13": lambda found: bool(found["RequireSymbols"]),
    "IAM.14": lambda found: bool(found["RequireNumbers"] and not found["RequireSymbols"]),
    "IAM.15": lambda found: bool(found["MinimumPasswordLength"] >= 14),
    "IAM.16": lambda found: bool(found.get("PasswordReusePrevention", 0) >= 24),
    "IAM.17": lambda found: bool(0 < found.get("MaxPasswordAge", 0) <= 90),
}

SCENARIOS = {
    **{control: Scenario(weak_policy, partial(meets, rule), policy, weaken) for control, rule in RULES.items()},
    "IAM.3": Scenario(partial(user_with_old_key, 91), only_new_key_is_active, user, activate_again),
    "IAM.8": Scenario(partial(user_with_old_key_and_password, 91), only_new_key_is_active, user, activate_again),
    "IAM.18": Scenario(account_without_support, has_support, support, give_more),
    "IAM.22": Scenario(partial(user_with_old_key, 46), only_new_key_is_active, user, activate_again),
}

VARIANTS = {"IAM.7, an account without a password policy": Scenario(no_policy, is_set, policy, weaken)}
