"""Controls of Amazon CloudFront."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
