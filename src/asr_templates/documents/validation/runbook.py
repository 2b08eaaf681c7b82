"""A runbook under validation: its parts by name, and where they stand."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from asr_templates.model import Document, Problem

REFERENCE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
"""A variable of Systems Manager: {{ Parameter }}, {{ Step.Output }}, {{ global:REGION }}."""

Step = dict[str, Any]


@dataclass(frozen=True)
class Runbook:
    """The content of one SSM document, with the documents that it may execute by name."""

    name: str
    document: Document
    documents: Mapping[str, Document]

    @cached_property
    def steps(self) -> dict[str, Step]:
        """Return the steps by name, in order; of two with one name the last."""
        return {step["name"]: step for step in self.document["mainSteps"]}

    @cached_property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """Return the parameters by name."""
        return self.document.get("parameters") or {}

    @cached_property
    def output_types(self) -> dict[str, str]:
        """Return "Step.Output" -> type, of the outputs that steps declare."""
        return {
            f"{name}.{output['Name']}": output.get("Type", "String")
            for name, step in self.steps.items()
            for output in step.get("outputs") or []
            if isinstance(output, dict) and "Name" in output
        }

    def problem(self, key: str, message: str, hint: str = "") -> Problem:
        """Return a problem at a key of the document: "parameters.Mode"."""
        return Problem(f"{self.name}: {key}" if key else self.name, message, hint)

    def step_problem(self, step: Step, key: str, message: str, hint: str = "") -> Problem:
        """Return a problem at a key of a step: "inputs.Runtime"."""
        return self.problem(f"step {step['name']}" + (f": {key}" if key else ""), message, hint)


def texts(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and the text of every string in a value."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from texts(item, f"{path}[{index}]")


def references(value: object) -> list[str]:
    """Return what the variables in a value refer to, once each."""
    return list(dict.fromkeys(found for _, text in texts(value) for found in REFERENCE.findall(text)))


def whole_reference(value: object) -> str | None:
    """Return what a value refers to if it is one variable and nothing else: then it keeps the variable's type."""
    match = REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else None
