"""Controls of Amazon SQS."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
