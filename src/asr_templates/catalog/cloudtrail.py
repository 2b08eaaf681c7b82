"""Controls of AWS CloudTrail."""

from asr_templates.catalog.resource_ids import ACCOUNT, GLOBAL_ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

# CloudTrail user guide, "Naming requirements for CloudTrail resources": 3 to 128 characters.
TRAIL = rf"arn:{PARTITION}:cloudtrail:{REGION}:{ACCOUNT}:trail/"
TRAIL_NAME = r"(?=.{3,128}$)[A-Za-z0-9](?:[._-]?[A-Za-z0-9])*"
TRAILS = (
    "arn:aws:cloudtrail:us-east-1:111111111111:trail/abc",
    "arn:aws:cloudtrail:il-central-1:111111111111:trail/management_events-1.all",
    f"arn:aws:cloudtrail:mx-central-1:111111111111:trail/{'a' * 128}",
    "arn:aws-cn:cloudtrail:cn-north-1:111111111111:trail/1st",
    "arn:aws-us-gov:cloudtrail:us-gov-west-1:111111111111:trail/aws-controltower-BaselineCloudTrail",
)
NO_TRAILS = (
    "arn:aws:cloudtrail:us-east-1:111111111111:trail/ab",
    "arn:aws:cloudtrail:us-east-1:111111111111:trail/events\n",
    "arn:aws:cloudtrail:us-east-1:111111111111:trail/events-",
    "arn:aws:cloudtrail:us-east-1:111111111111:trail/ev--ents",
    f"arn:aws:cloudtrail:us-east-1:111111111111:trail/{'a' * 129}",
    "arn:aws:cloudtrail::111111111111:trail/events",
    "arn:aws:cloudtrail:us-east-1:111111111111:eventdatastore/events",
    "events",
)

TRAIL_BY_NAME = ResourceId(
    type="AWS::CloudTrail::Trail",
    pattern=rf"^{TRAIL}({TRAIL_NAME})$",
    parameter="TrailName",
    good=TRAILS,
    bad=NO_TRAILS,
)

TRAIL_BY_ARN = ResourceId(
    type="AWS::CloudTrail::Trail",
    pattern=rf"^({TRAIL}{TRAIL_NAME})$",
    parameter="TrailArn",
    good=TRAILS,
    bad=NO_TRAILS,
)

CONTROLS = (
    Control(
        id="CloudTrail.1",
        runbook="CreateCloudTrailMultiRegionTrail",
        resource=GLOBAL_ACCOUNT,
        ids={
            "AFSBP": "CloudTrail.1",
            "CIS120": "2.1",
            "CIS140": "3.1",
            "CIS300": "3.1",
            "NIST80053": "CloudTrail.1",
        },
        note="A trail logs the management events of all regions.",
        family="trail of the account",
        risk="costs",
    ),
    Control(
        id="CloudTrail.2",
        runbook="EnableCloudTrailEncryption",
        resource=TRAIL_BY_ARN,
        ids={
            "AFSBP": "CloudTrail.2",
            "CIS120": "2.7",
            "CIS140": "3.7",
            "CIS300": "3.5",
            "NIST80053": "CloudTrail.2",
            "PCI321": "PCI.CloudTrail.1",
        },
        note="The trail's log files are encrypted with a KMS key; who reads them needs kms:Decrypt on it.",
        inputs={"KMSKeyArn": ""},
        risk="costs",
    ),
    Control(
        id="CloudTrail.3",
        runbook="CreateCloudTrailMultiRegionTrail",
        resource=GLOBAL_ACCOUNT,
        ids={"PCI321": "PCI.CloudTrail.2"},
        note="A trail logs the management events of all regions.",
        family="trail of the account",
        risk="costs",
    ),
    Control(
        id="CloudTrail.4",
        runbook="EnableCloudTrailLogFileValidation",
        resource=TRAIL_BY_NAME,
        ids={
            "AFSBP": "CloudTrail.4",
            "CIS120": "2.2",
            "CIS140": "3.2",
            "CIS300": "3.2",
            "NIST80053": "CloudTrail.4",
            "PCI321": "PCI.CloudTrail.3",
        },
        note="Switched on the log file validation of the trail.",
    ),
    Control(
        id="CloudTrail.5",
        runbook="EnableCloudTrailToCloudWatchLogging",
        resource=TRAIL_BY_NAME,
        ids={
            "AFSBP": "CloudTrail.5",
            "CIS120": "2.4",
            "CIS140": "3.4",
            "NIST80053": "CloudTrail.5",
            "PCI321": "PCI.CloudTrail.4",
        },
        note="The trail delivers its events to a log group as well.",
        risk="costs",
    ),
)
