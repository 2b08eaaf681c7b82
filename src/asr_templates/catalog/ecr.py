"""Controls of Amazon ECR."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
