"""Controls of Amazon ElastiCache."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
