"""Controls of AWS IAM."""

from asr_templates.catalog.resource_ids import GLOBAL_ACCOUNT
from asr_templates.model import Control


def password_policy(control_id: str, ids: dict[str, str], note: str, **inputs: bool | int) -> Control:
    """Return a control of the account's password policy; `inputs` is what it asks for, and nothing else is changed."""
    return Control(
        id=control_id,
        runbook="SetIAMPasswordPolicy",
        resource=GLOBAL_ACCOUNT,
        ids=ids,
        note=note,
        inputs=inputs,
        family="password policy",
    )


CONTROLS = (
    # Defaults of Security Hub; 0: the control does not ask for it unless the customer has set a value.
    password_policy(
        "IAM.7",
        {"AFSBP": "IAM.7", "NIST80053": "IAM.7"},
        "The account's password policy meets the control's parameters.",
        RequireUppercaseCharacters=True,
        RequireLowercaseCharacters=True,
        RequireSymbols=True,
        RequireNumbers=True,
        MinimumPasswordLength=8,
        PasswordReusePrevention=0,
        MaxPasswordAge=0,
    ),
    password_policy(
        "IAM.11",
        {"CIS120": "1.5"},
        "The account's password policy requires an uppercase letter.",
        RequireUppercaseCharacters=True,
    ),
    password_policy(
        "IAM.12",
        {"CIS120": "1.6"},
        "The account's password policy requires a lowercase letter.",
        RequireLowercaseCharacters=True,
    ),
    password_policy(
        "IAM.13", {"CIS120": "1.7"}, "The account's password policy requires a symbol.", RequireSymbols=True
    ),
    password_policy(
        "IAM.14", {"CIS120": "1.8"}, "The account's password policy requires a number.", RequireNumbers=True
    ),
    password_policy(
        "IAM.15",
        {"CIS120": "1.9", "CIS140": "1.8", "CIS300": "1.8"},
        "The account's password policy requires at least 14 characters.",
        MinimumPasswordLength=14,
    ),
    password_policy(
        "IAM.16",
        {"CIS120": "1.10", "CIS140": "1.9", "CIS300": "1.9"},
        "The account's password policy forbids the last 24 passwords.",
        PasswordReusePrevention=24,
    ),
    password_policy("IAM.17", {"CIS120": "1.11"}, "The account's passwords expire within 90 days.", MaxPasswordAge=90),
)
