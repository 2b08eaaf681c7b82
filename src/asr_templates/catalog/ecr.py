"""Controls of Amazon ECR."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

# Lower-case words of letters and digits, joined by separators; a slash begins a namespace.
REPOSITORY_NAME = r"(?=.{2,256}$)[a-z0-9]+(?:(?:[._/]|__|-+)[a-z0-9]+)*"

REPOSITORY = ResourceId(
    type="AWS::ECR::Repository",
    pattern=rf"^arn:{PARTITION}:ecr:{REGION}:{ACCOUNT}:repository/({REPOSITORY_NAME})$",
    parameter="RepositoryName",
    good=(
        "arn:aws:ecr:us-east-1:111111111111:repository/shop",
        "arn:aws:ecr:mx-central-1:111111111111:repository/team/2/shop.web_v-1",
        "arn:aws:ecr:il-central-1:111111111111:repository/team__a/shop--web",
        f"arn:aws-cn:ecr:cn-north-1:111111111111:repository/{'a' * 256}",
        "arn:aws-us-gov:ecr:us-gov-west-1:111111111111:repository/ab",
    ),
    bad=(
        "arn:aws:ecr:us-east-1:111111111111:repository/Shop",
        "arn:aws:ecr:us-east-1:111111111111:repository/a",
        "arn:aws:ecr:us-east-1:111111111111:repository//shop",
        "arn:aws:ecr:us-east-1:111111111111:repository/shop/",
        f"arn:aws:ecr:us-east-1:111111111111:repository/{'a' * 257}",
        "arn:aws:ecr:us-east-1:111111111111:repository/shop\n",
        "111111111111.dkr.ecr.us-east-1.amazonaws.com/shop",
    ),
)

CONTROLS = (
    Control(
        id="ECR.1",
        runbook="EnablePrivateRepositoryScanning",
        resource=REPOSITORY,
        ids={"AFSBP": "ECR.1"},
        note="Images of the repository are scanned when they are pushed.",
    ),
)
