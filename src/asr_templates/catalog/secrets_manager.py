"""Controls of AWS Secrets Manager."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
