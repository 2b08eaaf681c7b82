"""Controls of Elastic Load Balancing."""

from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = ()
