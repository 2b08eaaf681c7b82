"""Rules about the patterns that find a resource in a finding: they do to their samples what they promise."""

import re
from collections.abc import Iterator

from asr_templates.checks.subject import Subject, row_problem
from asr_templates.model import Control, Problem, ResourceId
from asr_templates.solution import PARTITIONS


def patterns_compile(subject: Subject) -> Iterator[Problem]:
    """Each pattern is a regular expression of the whole id, with at most one group."""
    for row, resource in _each(subject):
        try:
            groups = re.compile(resource.pattern).groups
        except re.error as error:
            yield row_problem(row, "resource.pattern", f"is no regular expression: {error}")
            continue
        if groups > 1:
            message = f"has {groups} groups; the first is handed over, the others mean nothing"
            yield row_problem(row, "resource.pattern", message, "write (?:...) for a group that is not handed over")
        if not (resource.pattern.startswith("^") and resource.pattern.endswith("$")):
            yield row_problem(row, "resource.pattern", "does not say that it is the whole id", "write ^...$")


def samples_hold(subject: Subject) -> Iterator[Problem]:
    """Good samples match as a whole, bad ones do not, and no good one with a line break behind it does."""
    for row, resource in _each(subject):
        if not is_pattern(resource):
            continue
        for key, samples in (("good", resource.good), ("bad", resource.bad)):
            if not samples:
                yield row_problem(row, f"resource.{key}", "a pattern needs samples", "add one at least")
        for sample in resource.good:
            if not matches(resource, sample):
                yield row_problem(row, "resource.good", f"{sample!r} does not match {resource.pattern}")
        for sample in (*resource.bad, *(f"{good}\n" for good in resource.good)):
            if matches(resource, sample):
                yield row_problem(row, "resource.bad", f"{sample!r} matches {resource.pattern}")


def partitions_are_tried(subject: Subject) -> Iterator[Problem]:
    """The good samples of an ARN's pattern cover every partition."""
    for row, resource in _each(subject):
        tried = {sample.split(":")[1] for sample in resource.good if sample.startswith("arn:")}
        missing = [partition for partition in PARTITIONS if partition not in tried]
        if tried and missing:
            yield row_problem(row, "resource.good", f"no sample of {', '.join(missing)}", "add one of each partition")


def identities_fit_the_runbook(subject: Subject) -> Iterator[Problem]:
    """What a pattern hands over passes the runbook's allowedPattern."""
    for row, runbook in subject.rows_with_runbook():
        declaration = runbook.document["parameters"].get(row.resource.parameter) or {}
        allowed = declaration.get("allowedPattern")
        if not is_pattern(row.resource) or not isinstance(allowed, str):
            continue
        for sample in row.resource.good:
            found = matches(row.resource, sample)
            if found and not re.fullmatch(allowed, identity(found)):
                message = f"{identity(found)!r} is refused by {row.runbook}: allowedPattern {allowed}"
                yield row_problem(row, f"resource.{row.resource.parameter}", message, "widen the narrower pattern")


def _each(subject: Subject) -> Iterator[tuple[Control, ResourceId]]:
    """Yield each resource id once, with the first row that has it."""
    seen: set[ResourceId] = set()
    for row in subject.rows:
        if row.resource not in seen:
            seen.add(row.resource)
            yield row, row.resource


def is_pattern(resource: ResourceId) -> bool:
    """Return whether a resource id's pattern can be tried."""
    try:
        re.compile(resource.pattern)
    except re.error:
        return False
    return True


def matches(resource: ResourceId, sample: str) -> re.Match[str] | None:
    """Return the match of a whole id, as the parser in the control document does it."""
    return re.fullmatch(resource.pattern, sample, re.ASCII)


def identity(match: re.Match[str]) -> str:
    """Return what is handed over to the runbook: group 1, or all of it."""
    return str(match[1] if match.re.groups else match[0])
