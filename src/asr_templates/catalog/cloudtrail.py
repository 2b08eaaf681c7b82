"""Controls of AWS CloudTrail."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
