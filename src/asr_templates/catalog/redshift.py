"""Controls of Amazon Redshift."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
