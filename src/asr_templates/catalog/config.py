"""Controls of AWS Config."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
