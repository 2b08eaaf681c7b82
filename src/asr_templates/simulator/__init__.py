"""Proves the rendered stacks offline: they are deployed in an embedded AWS, findings go in, fixed resources come out.

Public names: Cloud, Run, NotSimulated. They are loaded on first use, so that parts of `aws` can be used alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asr_templates.simulator.aws.errors import NotSimulated
    from asr_templates.simulator.cloud import Cloud
    from asr_templates.simulator.runs import Run

__all__ = ["Cloud", "NotSimulated", "Run"]

_HOMES = {
    "Cloud": "asr_templates.simulator.cloud",
    "NotSimulated": "asr_templates.simulator.aws.errors",
    "Run": "asr_templates.simulator.runs",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
