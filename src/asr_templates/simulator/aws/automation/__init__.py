"""SSM Automation: documents of schemaVersion 0.3, their interpreter, and the API on moto's SSM.

documents -> executions -> interpreter (actions, api_calls, scripts) -> automations (runbooks, requests) -> api.
"""

from asr_templates.simulator.aws.automation.api import installed
from asr_templates.simulator.aws.automation.automations import Automations
from asr_templates.simulator.aws.automation.executions import Execution, StepExecution
from asr_templates.simulator.aws.automation.requests import AutomationError, Start

__all__ = ["AutomationError", "Automations", "Execution", "Start", "StepExecution", "installed"]
