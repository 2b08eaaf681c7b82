"""Broken resources of Amazon EC2 Auto Scaling."""

from asr_templates.simulator.scenarios import Scenario

SCENARIOS: dict[str, Scenario] = {}
