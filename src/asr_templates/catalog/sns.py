"""Controls of Amazon SNS."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
