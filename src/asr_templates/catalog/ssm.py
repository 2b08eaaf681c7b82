"""Controls of AWS Systems Manager."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
