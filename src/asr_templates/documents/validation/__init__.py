"""Checks of rendered documents against what AWS accepts: `ssm` for Automation runbooks, `states` for state machines."""
