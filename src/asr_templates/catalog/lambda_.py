"""Controls of AWS Lambda."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
