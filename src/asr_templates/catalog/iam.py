"""Controls of AWS IAM."""

from asr_templates.catalog.resource_ids import ACCOUNT, GLOBAL_ACCOUNT, PARTITION
from asr_templates.model import Control, ResourceId

USER = ResourceId(
    type="AWS::IAM::User",
    pattern=rf"^arn:{PARTITION}:iam::{ACCOUNT}:user/(?:[!-~]{{1,510}}/)?([A-Za-z0-9_+=,.@-]{{1,64}})$",
    parameter="IAMUserName",
    scope="global",
    good=(
        "arn:aws:iam::111111111111:user/ann",
        "arn:aws:iam::111111111111:user/teams/web/ann.lee+ops@example.com",
        f"arn:aws:iam::111111111111:user/{'u' * 64}",
        "arn:aws:iam::111111111111:user/a!path*~/_=,-",
        "arn:aws-cn:iam::111111111111:user/ann",
        "arn:aws-us-gov:iam::111111111111:user/division/ann",
    ),
    bad=(
        "arn:aws:iam::111111111111:user/",
        "arn:aws:iam::111111111111:user/ann lee",
        f"arn:aws:iam::111111111111:user/{'u' * 65}",
        "arn:aws:iam::111111111111:role/ann",
        "arn:aws:iam::111111111111:root",
        "arn:aws:iam:us-east-1:111111111111:user/ann",
        "arn:aws:iam::111111111111:user/ann\n",
    ),
)


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
    Control(
        id="IAM.3",
        runbook="RevokeUnrotatedKeys",
        resource=USER,
        ids={"AFSBP": "IAM.3", "CIS120": "1.4", "CIS140": "1.14", "CIS300": "1.14", "NIST80053": "IAM.3"},
        note="Deactivated the user's access keys that are older than the limit.",
        inputs={"MaxCredentialUsageAge": 90},
        risk="interrupts",
    ),
    Control(
        id="IAM.8",
        runbook="RevokeUnusedIAMUserCredentials",
        resource=USER,
        ids={"AFSBP": "IAM.8", "CIS120": "1.3", "NIST80053": "IAM.8", "PCI321": "PCI.IAM.7"},
        note="Deactivated the user's unused access keys and deleted the console password if that was unused.",
        inputs={"MaxCredentialUsageAge": 90},
        risk="deletes",
    ),
    Control(
        id="IAM.18",
        runbook="CreateIAMSupportRole",
        resource=GLOBAL_ACCOUNT,
        ids={"CIS120": "1.20", "CIS140": "1.17", "CIS300": "1.17"},
        note=(
            "The account has a role that may manage incidents with AWS Support. ASR-IncidentSupport can be assumed by "
            "principals that have the tag asr-incident-support=yes."
        ),
    ),
    Control(
        id="IAM.22",
        runbook="RevokeUnusedIAMUserCredentials",
        resource=USER,
        ids={"CIS140": "1.12", "CIS300": "1.12"},
        note="Deactivated the user's unused access keys and deleted the console password if that was unused.",
        inputs={"MaxCredentialUsageAge": 45},
        risk="deletes",
    ),
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
        "IAM.10",
        {"PCI321": "PCI.IAM.8", "SC": ""},
        "The account's password policy is as strong as PCI DSS asks.",
        RequireUppercaseCharacters=True,
        RequireLowercaseCharacters=True,
        RequireNumbers=True,
        MinimumPasswordLength=7,
        PasswordReusePrevention=4,
        MaxPasswordAge=90,
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
        "The account's password policy requires passwords of the length that the control asks for.",
        MinimumPasswordLength=14,
    ),
    password_policy(
        "IAM.16",
        {"CIS120": "1.10", "CIS140": "1.9", "CIS300": "1.9"},
        "The account's password policy forbids as many former passwords as the control asks for.",
        PasswordReusePrevention=24,
    ),
    password_policy(
        "IAM.17",
        {"CIS120": "1.11"},
        "The account's passwords expire at the age that the control asks for, or earlier.",
        MaxPasswordAge=90,
    ),
)
