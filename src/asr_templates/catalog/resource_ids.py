"""How findings name resources: patterns, each with good and bad samples that the tests try.

A region is not taken from a list: new ones (il-central-1, mx-central-1) must pass on the day they open.
"""

from asr_templates.model import ResourceId

PARTITION = r"(?:aws|aws-cn|aws-us-gov)"
REGION = r"[a-z]{2}(?:-[a-z]+)+-\d"
ACCOUNT = r"\d{12}"

ACCOUNT_ITSELF_GOOD = ("AWS::::Account:111111111111",)
ACCOUNT_ITSELF_BAD = (
    "AWS::::Account:1111",
    "AWS::::Account:",
    "AWS::::Account:111111111111\n",
    "arn:aws:iam::111111111111:root",
    "xAWS::::Account:111111111111",
)

REGIONAL_ACCOUNT = ResourceId(
    type="AWS::::Account",
    pattern=rf"^AWS::::Account:({ACCOUNT})$",
    parameter="",
    good=ACCOUNT_ITSELF_GOOD,
    bad=ACCOUNT_ITSELF_BAD,
)

GLOBAL_ACCOUNT = ResourceId(
    type="AWS::::Account",
    pattern=rf"^AWS::::Account:({ACCOUNT})$",
    parameter="",
    scope="global",
    good=ACCOUNT_ITSELF_GOOD,
    bad=ACCOUNT_ITSELF_BAD,
)

GLOBAL_ACCOUNT_ID = ResourceId(
    type="AWS::::Account",
    pattern=rf"^AWS::::Account:({ACCOUNT})$",
    parameter="AccountId",
    scope="global",
    good=ACCOUNT_ITSELF_GOOD,
    bad=ACCOUNT_ITSELF_BAD,
)

SECURITY_GROUP = ResourceId(
    type="AWS::EC2::SecurityGroup",
    pattern=rf"^arn:{PARTITION}:ec2:{REGION}:{ACCOUNT}:security-group/(sg-[0-9a-f]{{8,17}})$",
    parameter="GroupId",
    good=(
        "arn:aws:ec2:us-east-1:111111111111:security-group/sg-01234567",
        "arn:aws:ec2:il-central-1:111111111111:security-group/sg-0123456789abcdef0",
        "arn:aws:ec2:ap-southeast-7:111111111111:security-group/sg-0123456789abcdef0",
        "arn:aws-cn:ec2:cn-northwest-1:111111111111:security-group/sg-0123456789abcdef0",
        "arn:aws-us-gov:ec2:us-gov-west-1:111111111111:security-group/sg-0123456789abcdef0",
    ),
    bad=(
        "arn:aws:ec2:us-east-1:1:security-group/sg-01234567",
        "arn:aws:ec2:us-east-1:111111111111:security-group/sg-0123456789abcdef0\n",
        "arn:aws:ec2:us-east-1:111111111111:security-group/sg-0123456789ABCDEF0",
        "arn:aws:ec2:us-east-1:111111111111:security-group/sg-0123456789abcdef0/x",
        "arn:aws:ec2::111111111111:security-group/sg-01234567",
        "sg-01234567",
    ),
)

DB_INSTANCE = ResourceId(
    type="AWS::RDS::DBInstance",
    pattern=rf"^(arn:{PARTITION}:rds:{REGION}:{ACCOUNT}:db:[A-Za-z](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){{0,62}})$",
    parameter="RDSInstanceARN",
    good=(
        "arn:aws:rds:us-east-1:111111111111:db:a",
        "arn:aws:rds:mx-central-1:111111111111:db:orders-1",
        f"arn:aws-cn:rds:cn-north-1:111111111111:db:{'a' * 63}",
        "arn:aws-us-gov:rds:us-gov-east-1:111111111111:db:database-2",
    ),
    bad=(
        "arn:aws:rds:us-east-1:111111111111:cluster:orders",
        "arn:aws:rds:us-east-1:111111111111:db:1orders",
        "arn:aws:rds:us-east-1:111111111111:db:orders-",
        "arn:aws:rds:us-east-1:111111111111:db:or--ders",
        f"arn:aws:rds:us-east-1:111111111111:db:{'a' * 64}",
        "arn:aws:rds:us-east-1:111111111111:db:orders\n",
    ),
)
