from asr_templates.embedded.runner import Aws, Change, Plan, Record, Undo

# Without a policy of its own an account asks for 8 characters; one that is made without a length asks for 6.
LENGTH_WITHOUT_POLICY = 8


def plan(
    aws: Aws,
    AllowUsersToChangePassword: bool,
    HardExpiry: bool,
    MaxPasswordAge: int,
    MinimumPasswordLength: int,
    PasswordReusePrevention: int,
    RequireLowercaseCharacters: bool,
    RequireNumbers: bool,
    RequireSymbols: bool,
    RequireUppercaseCharacters: bool,
) -> Plan:
    """The account's password policy is at least as strong as asked; what is stronger stays."""
    iam = aws("iam")
    try:
        policy = iam.get_account_password_policy()["PasswordPolicy"]
    except iam.exceptions.NoSuchEntityException:
        policy = {}
    asked = {
        "AllowUsersToChangePassword": AllowUsersToChangePassword,
        "HardExpiry": HardExpiry,
        "RequireLowercaseCharacters": RequireLowercaseCharacters,
        "RequireNumbers": RequireNumbers,
        "RequireSymbols": RequireSymbols,
        "RequireUppercaseCharacters": RequireUppercaseCharacters,
    }
    wanted: Record = {name: bool(policy.get(name)) or value for name, value in asked.items()}
    length = policy.get("MinimumPasswordLength", LENGTH_WITHOUT_POLICY)
    wanted["MinimumPasswordLength"] = max(length, MinimumPasswordLength)
    ages = [age for age in (policy.get("MaxPasswordAge", 0), MaxPasswordAge) if age]
    wanted["MaxPasswordAge"] = min(ages, default=0)
    wanted["PasswordReusePrevention"] = max(policy.get("PasswordReusePrevention", 0), PasswordReusePrevention)
    former = {name: policy.get(name, 0) for name in wanted}
    if policy and any(former[name] != wanted[name] for name in wanted):
        back = Undo("update_account_password_policy", settings(former))
        yield Change("iam", "update_account_password_policy", settings(wanted), undo=back)
    elif not policy and (any(asked.values()) or MinimumPasswordLength or MaxPasswordAge or PasswordReusePrevention):
        back = Undo("delete_account_password_policy", {})
        yield Change("iam", "update_account_password_policy", settings(wanted), undo=back)
    return {"PasswordPolicy": settings(former) if policy else None}


def settings(policy: Record) -> Record:
    """What UpdateAccountPasswordPolicy takes; it wants at least 1 where 0 means that there is no such rule."""
    optional = ("MaxPasswordAge", "PasswordReusePrevention")
    return {name: value for name, value in policy.items() if value or name not in optional}
