"""Generates the CloudFormation stacks that remediate AWS Security Hub findings, and proves them offline.

The public names: Playbook, Control, ResourceId, Permission, Runbook to declare what is built, and Cloud to prove it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asr_templates.model import Control, Permission, ResourceId, Runbook
    from asr_templates.playbook import Playbook, Templates
    from asr_templates.simulator import Cloud

__all__ = ["Cloud", "Control", "Permission", "Playbook", "ResourceId", "Runbook", "Templates"]

# Loaded on first use: the build does without the simulator's packages, the simulator's parts without the generator.
_HOMES = {
    "Cloud": "asr_templates.simulator",
    "Control": "asr_templates.model",
    "Permission": "asr_templates.model",
    "Playbook": "asr_templates.playbook",
    "ResourceId": "asr_templates.model",
    "Runbook": "asr_templates.model",
    "Templates": "asr_templates.playbook",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
