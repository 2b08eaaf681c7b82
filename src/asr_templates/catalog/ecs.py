"""Controls of Amazon ECS."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
