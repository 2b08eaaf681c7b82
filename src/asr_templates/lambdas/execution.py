"""Executions of the state machine: their names and their start."""

import hashlib
import json
from typing import Literal, TypeAlias

from botocore.exceptions import ClientError

from .runtime import JSON, Client, error_code

Mode: TypeAlias = Literal["Apply", "Preview", "Undo"]
Trigger: TypeAlias = Literal["custom action", "import", "request"]

NAME_CHARACTERS = 32


def execution_name(mode: Mode, finding_id: str, cause: str) -> str:
    """Return the name by which the same cause is the same execution.

    Hexadecimal: logging wants [0-9A-Za-z-_], and a name has at most 80 characters (Step Functions, StartExecution).
    """
    text = json.dumps([mode, finding_id, cause])
    return hashlib.sha256(text.encode()).hexdigest()[:NAME_CHARACTERS]


def start(states: Client, state_machine_arn: str, name: str, content: JSON) -> bool:
    """Start an execution; return False where there is one of this name, which is as good.

    A name stays taken for 90 days after the execution's end (Step Functions, StartExecution).
    """
    try:
        states.start_execution(stateMachineArn=state_machine_arn, name=name, input=json.dumps(content))
    except ClientError as error:
        if error_code(error) != "ExecutionAlreadyExists":
            raise
        return False
    return True
