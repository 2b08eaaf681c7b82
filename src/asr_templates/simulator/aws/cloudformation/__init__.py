"""CloudFormation: creates the stacks that a template describes, as far as AWS would (`engine`)."""

from asr_templates.simulator.aws.cloudformation.engine import create_stack
from asr_templates.simulator.aws.cloudformation.principals import known_accounts
from asr_templates.simulator.aws.cloudformation.stack import Created, Stack, StackEvent, StackFailed

__all__ = ["Created", "Stack", "StackEvent", "StackFailed", "create_stack", "known_accounts"]
