"""Broken resources of Amazon CloudWatch."""

from asr_templates.simulator.scenarios import Scenario

SCENARIOS: dict[str, Scenario] = {}
