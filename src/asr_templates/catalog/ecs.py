"""Controls of Amazon ECS."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

TASK_DEFINITION = ResourceId(
    type="AWS::ECS::TaskDefinition",
    pattern=rf"^arn:{PARTITION}:ecs:{REGION}:{ACCOUNT}:task-definition/([A-Za-z0-9_-]{{1,255}}:[1-9]\d*)$",
    parameter="TaskDefinitionId",
    good=(
        "arn:aws:ecs:us-east-1:111111111111:task-definition/shop:1",
        "arn:aws:ecs:mx-central-1:111111111111:task-definition/_shop-web:12345",
        f"arn:aws-cn:ecs:cn-north-1:111111111111:task-definition/{'a' * 255}:10",
        "arn:aws-us-gov:ecs:us-gov-west-1:111111111111:task-definition/1:2",
    ),
    bad=(
        "arn:aws:ecs:us-east-1:111111111111:task-definition/shop",
        "arn:aws:ecs:us-east-1:111111111111:task-definition/shop:0",
        "arn:aws:ecs:us-east-1:111111111111:task-definition/shop:1\n",
        "arn:aws:ecs:us-east-1:111111111111:task-definition/shop.web:1",
        f"arn:aws:ecs:us-east-1:111111111111:task-definition/{'a' * 256}:1",
        "arn:aws:ecs:us-east-1:111111111111:service/shop/web",
        "shop:1",
    ),
)

CONTROLS = (
    Control(
        id="ECS.5",
        runbook="LimitECSRootFilesystemAccess",
        resource=TASK_DEFINITION,
        ids={"AFSBP": "ECS.5", "NIST80053": "ECS.5"},
        note=(
            "Registered a revision with read-only root file systems and moved the services to it. Watch their "
            "deployments; whatever else starts the old revision (rules, pipelines) is for you to move."
        ),
        inputs={"Retire": False},
        risk="interrupts",
        # The finding is about the old revision, which stays.
        workflow="NOTIFIED",
    ),
)
