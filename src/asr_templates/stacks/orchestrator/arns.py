"""ARNs of things in the stack's own partition, region and account."""

from troposphere import Sub

from asr_templates.names import Names
from asr_templates.stacks.parameters import ROLE_PATH

HERE = "${AWS::Region}:${AWS::AccountId}"


def own_arn(service: str, resource: str) -> Sub:
    """Return the ARN of a resource of this account and region."""
    return Sub(f"arn:${{AWS::Partition}}:{service}:{HERE}:{resource}")


def hub_arn(region: str = "${AWS::Region}") -> Sub:
    """Return the ARN of Security Hub in this account; `region` may be "*"."""
    return Sub(f"arn:${{AWS::Partition}}:securityhub:{region}:${{AWS::AccountId}}:hub/default")


def member_role_path(names: Names) -> Sub:
    """Return path and name of the role by which the orchestrator acts in a member account."""
    return Sub(f"${{{ROLE_PATH.name}}}{names.member_role}")


def member_role_arn(names: Names) -> Sub:
    """Return the ARN pattern of that role in every account."""
    return Sub(f"arn:${{AWS::Partition}}:iam::*:role${{{ROLE_PATH.name}}}{names.member_role}")
