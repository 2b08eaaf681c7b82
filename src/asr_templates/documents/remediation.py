"""Remediation runbooks: the SSM document of X.yaml with the script of X.py put in."""

import copy

from asr_templates.documents.scripts import remediation_script
from asr_templates.model import Document, Runbook


def remediation_document(runbook: Runbook) -> Document:
    """Return the document as it is deployed: each script that names the plan's file becomes runner + plan.

    Raises ValueError where a step names another file, or where the joined script cannot be rendered.
    """
    document = copy.deepcopy(runbook.document)
    script = remediation_script(runbook.plan)
    for step in document["mainSteps"]:
        if step["action"] == "aws:executeScript":
            if step["inputs"].get("Script") != f"{runbook.name}.py":
                raise ValueError(f"step {step['name']}: Script must be {runbook.name}.py")
            step["inputs"]["Script"] = script
    return document
