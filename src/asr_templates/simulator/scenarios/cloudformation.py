"""Broken resources of AWS CloudFormation."""

from asr_templates.simulator.scenarios import Scenario

SCENARIOS: dict[str, Scenario] = {}
