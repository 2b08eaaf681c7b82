"""Remediation runbooks: the SSM document of X.yaml with its scripts put in."""

import copy

from asr_templates.documents.scripts import embedded_source, join_sources, remediation_script
from asr_templates.model import Document, Runbook

EMBEDDED_FOLDER = "embedded/"


def remediation_document(runbook: Runbook) -> Document:
    """Return the document as it is deployed: each script is named by its file.

    X.py becomes the runner and the plan of runbook X, embedded/x.py that module alone. Raises ValueError where a step
    names another file, or where a script cannot be rendered.
    """
    document = copy.deepcopy(runbook.document)
    for step in document["mainSteps"]:
        if step["action"] == "aws:executeScript":
            step["inputs"]["Script"] = script(runbook, step["name"], step["inputs"].get("Script"))
    return document


def script(runbook: Runbook, step_name: str, file_name: object) -> str:
    """Return the text of a script that a step names."""
    if file_name == f"{runbook.name}.py":
        return remediation_script(runbook.plan)
    if isinstance(file_name, str) and file_name.startswith(EMBEDDED_FOLDER) and file_name.endswith(".py"):
        return join_sources(embedded_source(file_name.removeprefix(EMBEDDED_FOLDER).removesuffix(".py")))
    raise ValueError(f"step {step_name}: Script must be {runbook.name}.py")
