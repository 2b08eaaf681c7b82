"""Broken resources of AWS Systems Manager."""

from asr_templates.simulator.scenarios import Scenario

SCENARIOS: dict[str, Scenario] = {}
