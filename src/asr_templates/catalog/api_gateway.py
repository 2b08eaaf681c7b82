"""Controls of Amazon API Gateway."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
