"""Broken resources of AWS Secrets Manager."""

from asr_templates.simulator.scenarios import Scenario

SCENARIOS: dict[str, Scenario] = {}
