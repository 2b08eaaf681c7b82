"""What the solution is called and how large things may be: the only constants that several modules share."""

VERSION = "0.1.0"

DEFAULT_PREFIX = "ASR"
DEFAULT_NAMESPACE = "asr"
PREFIX_PATTERN = r"[A-Za-z][A-Za-z0-9]{0,5}"

# Sizes in bytes. `to be confirmed on a real account`: AWS's model caps an automation parameter value at 512 characters,
# the AWS solution passes whole findings; we stay well under what is known to pass.
FINDING_PROJECTION_BYTES = 4_096
UNDO_RECORD_BYTES = 30_000
REMEDIATION_OUTPUT_BYTES = 60_000
REMEDIATION_CHANGES = 100

NOTE_CHARACTERS = 512  # Security Hub, API_Note
SSM_DOCUMENT_BYTES = 65_536  # Systems Manager quotas
TEMPLATE_BYTES = 1_000_000  # CloudFormation quotas, template in S3
TEMPLATE_RESOURCES = 500
TEMPLATE_PARAMETERS = 200
ROLE_INLINE_POLICY_CHARACTERS = 10_240  # IAM quotas, all inline policies of a role together, white space not counted
CUSTOM_ACTION_NAME_CHARACTERS = 19  # Security Hub guide: fewer than 20
CUSTOM_ACTION_ID_CHARACTERS = 20

SCRIPT_RUNTIME = "python3.11"  # newest Python of aws:executeScript
LAMBDA_RUNTIME = "python3.13"
PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
