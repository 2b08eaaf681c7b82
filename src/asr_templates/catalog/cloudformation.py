"""Controls of AWS CloudFormation."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
