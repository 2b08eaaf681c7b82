"""Controls of Amazon EC2 Auto Scaling."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
