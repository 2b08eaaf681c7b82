"""Controls of Elastic Load Balancing."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

APPLICATION_LOAD_BALANCER = ResourceId(
    type="AWS::ElasticLoadBalancingV2::LoadBalancer",
    pattern=rf"^(arn:{PARTITION}:elasticloadbalancing:{REGION}:{ACCOUNT}"
    r":loadbalancer/app/[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?/[0-9a-f]{16,17})$",
    parameter="ResourceARN",
    good=(
        "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/a/50dc6c495c0c9188",
        "arn:aws:elasticloadbalancing:mx-central-1:111111111111:loadbalancer/app/shop-1/50dc6c495c0c91889",
        f"arn:aws-cn:elasticloadbalancing:cn-northwest-1:111111111111:loadbalancer/app/{'a' * 32}/50dc6c495c0c9188",
        "arn:aws-us-gov:elasticloadbalancing:us-gov-east-1:111111111111:loadbalancer/app/Shop/50dc6c495c0c9188",
    ),
    bad=(
        "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/shop/50dc6c495c0c9188\n",
        "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/shop/50dc6c495c0c9188",
        "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/shop",
        "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/-shop/50dc6c495c0c9188",
        f"arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/{'a' * 33}/50dc6c495c0c9188",
        "arn:aws:elasticloadbalancing:us-east-1:111111111111:listener/app/shop/50dc6c495c0c9188/0467ef3c8400ae65",
    ),
)

CONTROLS = (
    Control(
        id="ELB.1",
        runbook="EnforceHTTPSForALB",
        resource=APPLICATION_LOAD_BALANCER,
        ids={"AFSBP": "ELBv2.1", "NIST80053": "ELB.1", "PCI321": "PCI.ELBv2.1"},
        note="The HTTP listeners of the load balancer redirect to HTTPS.",
        inputs={"StatusCode": "HTTP_301"},
        risk="interrupts",
    ),
)
