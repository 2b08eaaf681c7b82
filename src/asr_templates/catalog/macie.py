"""Controls of Amazon Macie."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
