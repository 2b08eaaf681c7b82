"""SSM Automation: documents of schemaVersion 0.3, their interpreter, and the API on moto's SSM.

documents -> executions -> interpreter (actions, api_calls, scripts) -> automations -> api.
"""

from asr_templates.simulator.aws.automation.api import installed
from asr_templates.simulator.aws.automation.automations import Automations, Start
from asr_templates.simulator.aws.automation.executions import Execution, StepExecution

__all__ = ["Automations", "Execution", "Start", "StepExecution", "installed"]
