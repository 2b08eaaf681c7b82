"""Controls of AWS CodeBuild."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
