"""Controls of Amazon EC2 Auto Scaling."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
A_UUID = "12345678-1234-1234-1234-123456789abc"
A_GROUP = f"autoScalingGroup:{A_UUID}:autoScalingGroupName"
A_CONFIGURATION = f"launchConfiguration:{A_UUID}:launchConfigurationName"

# Printable ASCII. Braces are left out, which Systems Manager would take for a variable, and so are names that end with
# a space, a slash or a semicolon: these are rather the rest of something else.
LAST = r"[!-.0-9<-z|~]"

AUTO_SCALING_GROUP = ResourceId(
    type="AWS::AutoScaling::AutoScalingGroup",
    # The name of a group has no colon (Auto Scaling API reference, CreateAutoScalingGroup).
    pattern=rf"^arn:{PARTITION}:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:{UUID}"
    rf":autoScalingGroupName/((?! )[ -9;-z|~]{{0,254}}{LAST})$",
    parameter="AutoScalingGroupName",
    good=(
        f"arn:aws:autoscaling:us-east-1:111111111111:{A_GROUP}/w",
        f"arn:aws:autoscaling:il-central-1:111111111111:{A_GROUP}/a/b_c.d (e)+=@#$%",
        f"arn:aws-cn:autoscaling:cn-north-1:111111111111:{A_GROUP}/{'a' * 255}",
        f"arn:aws-us-gov:autoscaling:us-gov-west-1:111111111111:{A_GROUP}/web-1",
    ),
    bad=(
        f"arn:aws:autoscaling:us-east-1:111111111111:{A_GROUP}/web\n",
        f"arn:aws:autoscaling:us-east-1:111111111111:{A_GROUP}/{'a' * 256}",
        f"arn:aws:autoscaling:us-east-1:111111111111:{A_GROUP}/{{{{ssm:x}}}}",
        f"arn:aws:autoscaling:us-east-1:111111111111:{A_GROUP}/a:b",
        f"arn:aws:autoscaling:us-east-1:111111111111:{A_CONFIGURATION}/web",
        "web",
    ),
)

LAUNCH_CONFIGURATION = ResourceId(
    type="AWS::AutoScaling::LaunchConfiguration",
    pattern=rf"^arn:{PARTITION}:autoscaling:{REGION}:{ACCOUNT}:launchConfiguration:{UUID}"
    rf":launchConfigurationName/((?! )[ -z|~]{{0,254}}{LAST})$",
    parameter="LaunchConfigurationName",
    good=(
        f"arn:aws:autoscaling:us-east-1:111111111111:{A_CONFIGURATION}/w",
        f"arn:aws:autoscaling:mx-central-1:111111111111:{A_CONFIGURATION}/a/b: c (2)",
        f"arn:aws-cn:autoscaling:cn-north-1:111111111111:{A_CONFIGURATION}/{'a' * 255}",
        f"arn:aws-us-gov:autoscaling:us-gov-west-1:111111111111:{A_CONFIGURATION}/web",
    ),
    bad=(
        f"arn:aws:autoscaling:us-east-1:111111111111:{A_CONFIGURATION}/web\n",
        f"arn:aws:autoscaling:us-east-1:111111111111:{A_CONFIGURATION}/{'a' * 256}",
        f"arn:aws:autoscaling:us-east-1:111111111111:{A_CONFIGURATION}/{{{{ssm:x}}}}",
        f"arn:aws:autoscaling:us-east-1:111111111111:{A_GROUP}/web",
        "arn:aws:autoscaling:us-east-1:111111111111:launchConfiguration:1:launchConfigurationName/web",
        "web",
    ),
)

CONTROLS = (
    Control(
        id="AutoScaling.1",
        runbook="EnableAutoScalingGroupELBHealthCheck",
        resource=AUTO_SCALING_GROUP,
        ids={"AFSBP": "AutoScaling.1", "NIST80053": "AutoScaling.1", "PCI321": "PCI.AutoScaling.1"},
        note="The Auto Scaling group uses the health check of its load balancers.",
        inputs={"HealthCheckGracePeriod": 300},
        risk="interrupts",
    ),
    Control(
        id="AutoScaling.3",
        runbook="ConfigureAutoScalingLaunchConfigToRequireIMDSv2",
        resource=LAUNCH_CONFIGURATION,
        ids={"NIST80053": "AutoScaling.3"},
        note="Groups use a successor that requires IMDSv2; replace the running instances, then delete the old one.",
        inputs={"Retire": False},
        risk="deletes",  # only with Retire; without it, a group's next instances may lack what they need
        workflow="NOTIFIED",
    ),
    Control(
        id="Autoscaling.5",
        runbook="ConfigureAutoScalingLaunchConfigNoPublicIP",
        resource=LAUNCH_CONFIGURATION,
        ids={"NIST80053": "Autoscaling.5"},
        note="Groups use a successor without public IPs; replace the running instances, then delete the old one.",
        inputs={"Retire": False},
        risk="deletes",  # only with Retire; without it, a group's next instances may lack what they need
        workflow="NOTIFIED",
    ),
)
