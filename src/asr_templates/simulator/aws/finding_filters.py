"""Security Hub's GetFindings: filters, order and pages over findings in ASFF.

Conditions on one field are alternatives, except that negated ones must all hold; fields are joined by AND.
Source: Security Hub API reference, AwsSecurityFindingFilters, StringFilter, DateFilter.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from asr_templates.simulator.aws.errors import NotSimulated

JSON: TypeAlias = Any
Finding: TypeAlias = dict[str, JSON]

PLACE = "Security Hub GetFindings"

TEXT_FIELDS: Mapping[str, tuple[str, ...]] = {
    "AwsAccountId": ("AwsAccountId",),
    "CompanyName": ("CompanyName",),
    "Description": ("Description",),
    "GeneratorId": ("GeneratorId",),
    "Id": ("Id",),
    "ProductArn": ("ProductArn",),
    "ProductName": ("ProductName",),
    "RecordState": ("RecordState",),
    "Region": ("Region",),
    "SourceUrl": ("SourceUrl",),
    "Title": ("Title",),
    "VerificationState": ("VerificationState",),
    "Type": ("Types",),
    "ComplianceStatus": ("Compliance", "Status"),
    "ComplianceSecurityControlId": ("Compliance", "SecurityControlId"),
    "ComplianceAssociatedStandardsId": ("Compliance", "AssociatedStandards", "StandardsId"),
    "NoteText": ("Note", "Text"),
    "NoteUpdatedBy": ("Note", "UpdatedBy"),
    "ResourceId": ("Resources", "Id"),
    "ResourceType": ("Resources", "Type"),
    "ResourceRegion": ("Resources", "Region"),
    "ResourcePartition": ("Resources", "Partition"),
    "SeverityLabel": ("Severity", "Label"),
    "WorkflowStatus": ("Workflow", "Status"),
}
DATE_FIELDS = frozenset({"CreatedAt", "FirstObservedAt", "LastObservedAt", "NoteUpdatedAt", "UpdatedAt"})
DATE_PATHS = {"NoteUpdatedAt": ("Note", "UpdatedAt")}

POSITIVE: Mapping[str, Callable[[str, str], bool]] = {
    "EQUALS": str.__eq__,
    "PREFIX": str.startswith,
    "CONTAINS": str.__contains__,
}
NEGATIVE: Mapping[str, Callable[[str, str], bool]] = {
    "NOT_EQUALS": str.__eq__,
    "PREFIX_NOT_EQUALS": str.startswith,
    "NOT_CONTAINS": str.__contains__,
}


def passes(finding: Finding, filters: Mapping[str, Sequence[Mapping[str, JSON]]]) -> bool:
    """Whether a finding is asked for. Raises NotSimulated for filters that are not known here."""
    return all(_field_passes(finding, name, conditions) for name, conditions in filters.items())


def _field_passes(finding: Finding, name: str, conditions: Sequence[Mapping[str, JSON]]) -> bool:
    if name in DATE_FIELDS:
        values = _values(finding, DATE_PATHS.get(name, (name,)))
        return any(_date_passes(value, condition) for value in values for condition in conditions)
    if name not in TEXT_FIELDS:
        raise NotSimulated(PLACE, f"the filter {name}")
    values = _values(finding, TEXT_FIELDS[name])
    comparisons = [(condition.get("Comparison", "EQUALS"), str(condition.get("Value", ""))) for condition in conditions]
    unknown = {comparison for comparison, _ in comparisons} - set(POSITIVE) - set(NEGATIVE)
    if unknown:
        raise NotSimulated(PLACE, f"the comparison {', '.join(sorted(unknown))}")
    wanted = [(POSITIVE[comparison], text) for comparison, text in comparisons if comparison in POSITIVE]
    unwanted = [(NEGATIVE[comparison], text) for comparison, text in comparisons if comparison in NEGATIVE]
    is_wanted = not wanted or any(test(value, text) for test, text in wanted for value in values)
    return is_wanted and not any(test(value, text) for test, text in unwanted for value in values)


def _date_passes(value: str, condition: Mapping[str, JSON]) -> bool:
    at = datetime.datetime.fromisoformat(value)
    if "DateRange" in condition:
        days = datetime.timedelta(days=int(condition["DateRange"]["Value"]))
        return at >= datetime.datetime.now(datetime.UTC) - days
    start, end = condition.get("Start"), condition.get("End")
    return (not start or at >= datetime.datetime.fromisoformat(start)) and (
        not end or at <= datetime.datetime.fromisoformat(end)
    )


def _values(value: JSON, path: tuple[str, ...]) -> list[str]:
    """The texts at a path, through lists."""
    if isinstance(value, list):
        return [text for element in value for text in _values(element, path)]
    if path:
        return _values(value.get(path[0]), path[1:]) if isinstance(value, Mapping) else []
    return [] if value is None else [str(value)]


def ordered(findings: list[Finding], criteria: Sequence[Mapping[str, str]]) -> list[Finding]:
    """Findings in the order of SortCriteria, the first criterion first."""
    result = list(findings)
    for criterion in reversed(criteria):
        path = TEXT_FIELDS.get(criterion["Field"], (criterion["Field"],))
        result.sort(key=lambda finding: _values(finding, path), reverse=criterion.get("SortOrder") == "desc")
    return result
