"""Controls of AWS Secrets Manager."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

SECRET = ResourceId(
    type="AWS::SecretsManager::Secret",
    pattern=rf"^(arn:{PARTITION}:secretsmanager:{REGION}:{ACCOUNT}:secret:[A-Za-z0-9/_+=.@!-]{{1,512}}-[A-Za-z0-9]{{6}})$",
    parameter="SecretARN",
    good=(
        "arn:aws:secretsmanager:us-east-1:111111111111:secret:a-AbCd12",
        "arn:aws:secretsmanager:mx-central-1:111111111111:secret:prod/orders_db+1=x.y@z-w-AbCd12",
        "arn:aws:secretsmanager:ap-southeast-5:111111111111:secret:rds!db-1a2b3c4d-5e6f-AbCd12",
        f"arn:aws:secretsmanager:il-central-1:111111111111:secret:{'s' * 512}-AbCd12",
        "arn:aws-cn:secretsmanager:cn-northwest-1:111111111111:secret:orders-AbCd12",
        "arn:aws-us-gov:secretsmanager:us-gov-east-1:111111111111:secret:orders-AbCd12",
    ),
    bad=(
        "arn:aws:secretsmanager:us-east-1:111111111111:secret:orders",
        "arn:aws:secretsmanager:us-east-1:111111111111:secret:-AbCd12",
        "arn:aws:secretsmanager:us-east-1:111111111111:secret:or ders-AbCd12",
        f"arn:aws:secretsmanager:us-east-1:111111111111:secret:{'s' * 513}-AbCd12",
        "arn:aws:secretsmanager:us-east-1:111111111111:secret:orders-AbCd12\n",
        "arn:aws:secretsmanager::111111111111:secret:orders-AbCd12",
        "orders",
    ),
)

CONTROLS: tuple[Control, ...] = (
    Control(
        id="SecretsManager.1",
        runbook="EnableAutoSecretRotation",
        resource=SECRET,
        ids={"AFSBP": "SecretsManager.1", "NIST80053": "SecretsManager.1"},
        note="The secret is rotated automatically.",
        # Security Hub has no default for the first; 0: any number of days will do.
        inputs={"maximumAllowedRotationFrequency": 0, "DaysBetweenRotations": 90},
        risk="interrupts",
    ),
    Control(
        id="SecretsManager.3",
        runbook="RemoveUnusedSecret",
        resource=SECRET,
        ids={"AFSBP": "SecretsManager.3", "NIST80053": "SecretsManager.3"},
        note="Scheduled the unused secret for deletion; it can be restored for 30 days.",
        inputs={"unusedForDays": 90},
        risk="deletes",
    ),
    Control(
        id="SecretsManager.4",
        runbook="UpdateSecretRotationPeriod",
        resource=SECRET,
        ids={"AFSBP": "SecretsManager.4", "NIST80053": "SecretsManager.4"},
        note="Rotated the secret; its schedule rotates it as often as the control asks.",
        inputs={"maxDaysSinceRotation": 90},
        risk="interrupts",
    ),
)
