"""Every name that one account, stack or document uses to find a thing made by another.

A name derives from names, never from a position. All start with the prefix of the installation (a build option), so two
installations in one account are two prefixes.
"""

from dataclasses import dataclass
from typing import Literal

from asr_templates.solution import CUSTOM_ACTION_NAME_CHARACTERS, DEFAULT_PREFIX

ActionMode = Literal["Remediate", "Preview", "Undo"]


def alphanumeric(text: str) -> str:
    """Return `text` without what a CloudFormation logical id may not hold: "EC2.13" -> "EC213"."""
    return "".join(character for character in text if character.isalnum())


def switch_parameter(security_control_id: str) -> str:
    """Return the member stack's parameter that switches one security control: "EC2.13" -> "ControlEC213"."""
    return f"Control{alphanumeric(security_control_id)}"


def load_parameter(playbook_key: str) -> str:
    """Return the stacks' parameter that loads one playbook: "CIS120" -> "LoadCIS120"."""
    return f"Load{playbook_key}"


@dataclass(frozen=True)
class Names:
    """The names of one installation."""

    prefix: str = DEFAULT_PREFIX

    def control_document(self, short: str, version: str, control_id: str) -> str:
        """Return the SSM document of a control in a standard: ASR-CIS_1.2.0_1.5."""
        return f"{self.prefix}-{short}_{version}_{control_id}"

    def remediation_document(self, runbook: str) -> str:
        """Return the SSM document of a remediation: ASR-SetIAMPasswordPolicy."""
        return f"{self.prefix}-{runbook}"

    def remediation_role(self, runbook: str, namespace: str) -> str:
        """Return the role of a remediation: ASR-SetIAMPasswordPolicy-asr; `namespace` may be "${Namespace}"."""
        return f"{self.prefix}-{runbook}-{namespace}"

    @property
    def member_role(self) -> str:
        """Return the role by which the orchestrator acts in a member account, one per prefix."""
        return f"{self.prefix}-Orchestrator-Member"

    @property
    def state_machine(self) -> str:
        """Return the orchestrator's state machine in the admin account."""
        return f"{self.prefix}-Orchestrator"

    def function(self, task: str) -> str:
        """Return a Lambda function of the admin account by its task: ASR-Prepare."""
        return f"{self.prefix}-{task}"

    def function_role(self, task: str) -> str:
        """Return the role of a Lambda function: member accounts trust some of them by this name."""
        return f"{self.prefix}-{task}-Function"

    @property
    def members_bus(self) -> str:
        """Return the admin's event bus that member accounts report to (never the default bus)."""
        return f"{self.prefix}-Members"

    def table(self, content: str) -> str:
        """Return a DynamoDB table of the admin account: ASR-History."""
        return f"{self.prefix}-{content}"

    def topic(self, purpose: str) -> str:
        """Return an SNS topic of the admin account: ASR-Notifications."""
        return f"{self.prefix}-{purpose}"

    def queue(self, purpose: str) -> str:
        """Return an SQS queue of the admin account: ASR-Ingest."""
        return f"{self.prefix}-{purpose}"

    def parameter(self, path: str) -> str:
        """Return an SSM parameter: /ASR/<path>."""
        return f"/{self.prefix}/{path}"

    def custom_action(self, mode: ActionMode) -> str:
        """Return what a person reads in Security Hub's menu: "Remediate with ASR".

        Security Hub wants fewer than 20 characters, so a long prefix loses the "with".
        """
        name = f"{mode} with {self.prefix}"
        return name if len(name) <= CUSTOM_ACTION_NAME_CHARACTERS else f"{mode} {self.prefix}"

    def custom_action_id(self, mode: ActionMode) -> str:
        """Return the last part of a custom action's ARN: at most 20 letters and digits."""
        return f"{self.prefix}{mode}"
