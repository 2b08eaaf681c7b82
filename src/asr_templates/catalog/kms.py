"""Controls of AWS KMS."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
