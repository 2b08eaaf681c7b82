"""Controls of Amazon CloudWatch."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
