"""Controls of Amazon Athena."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
