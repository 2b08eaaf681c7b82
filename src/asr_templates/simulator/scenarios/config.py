"""Broken resources of AWS Config."""

from asr_templates.simulator.scenarios import Scenario

SCENARIOS: dict[str, Scenario] = {}
