"""Controls of Amazon GuardDuty."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
