"""Controls of Amazon DynamoDB."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
