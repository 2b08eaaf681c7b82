"""Security Hub: findings of an organization, custom actions, and the events that both raise.

moto lacks most of this. Members' findings are seen by the administrator account too, in their own region and, through
the finding aggregator, in the aggregation region. Every import and every update of a finding raises an Imported event
in each account and region where the finding is seen.
Source: Security Hub User Guide ("Types of Security Hub integration with EventBridge", "BatchImportFindings and
BatchUpdateFindings", "Workflow status of findings") and API reference.
"""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeAlias
from unittest import mock

from moto.core.responses import ActionResult
from moto.securityhub import urls
from moto.securityhub.exceptions import SecurityHubClientError
from moto.securityhub.models import securityhub_backends
from moto.securityhub.responses import SecurityHubResponse

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.custom_actions import CustomActions, Request, invalid_input
from asr_templates.simulator.aws.event_bus import EventBus, envelope
from asr_templates.simulator.aws.finding_filters import Finding, ordered, passes

JSON: TypeAlias = Any
Place: TypeAlias = tuple[str, str]
"""An account and a region."""

NOTE_CHARACTERS = 512
FINDINGS_PER_CALL = 100
CUSTOM_ACTION_FINDINGS = 20
WORKFLOW_STATUSES = ("NEW", "NOTIFIED", "RESOLVED", "SUPPRESSED")

# BatchImportFindings never changes the first; the second belong to the customer once BatchUpdateFindings has set them.
CUSTOMER_FIELDS = ("Note", "UserDefinedFields", "VerificationState", "Workflow", "WorkflowState")
SHARED_FIELDS = ("Confidence", "Criticality", "RelatedFindings", "Severity", "Types")
MERGED_FIELDS = ("Severity", "Workflow")
UPDATABLE = (*SHARED_FIELDS, "Note", "UserDefinedFields", "VerificationState", "Workflow")


class Hub:
    """The Security Hub of all accounts and regions, with one administrator account and one aggregation region."""

    def __init__(self, bus: EventBus, admin: str, aggregation_region: str | None = None) -> None:
        self.bus = bus
        self.admin = admin
        self.aggregation_region = aggregation_region
        self.actions = CustomActions()
        self._findings: dict[Place, dict[tuple[str, str], Finding]] = {}
        self._set_by_customer: dict[tuple[str, str], set[str]] = {}

    # --- for the harness

    def enable(self, account: str, region: str) -> None:
        """Turn Security Hub on."""
        backend = securityhub_backends[account][region]
        if not backend.enabled:
            backend.enable_security_hub(enable_default_standards=False, tags={})

    def store(self, finding: Finding) -> None:
        """Put a finding in as it is, without an event; it replaces one of the same ProductArn and Id."""
        stored = copy.deepcopy(finding)
        self._findings.setdefault(_place(stored), {})[_key(stored)] = stored

    def import_finding(self, finding: Finding) -> None:
        """Import a finding as Security Hub's controls do, with its Imported events."""
        incoming = copy.deepcopy(finding)
        existing = self.finding(incoming["ProductArn"], incoming["Id"])
        stored = _created(incoming) if existing is None else self._updated(existing, incoming)
        self.store(stored)
        self.emit_imported(stored)

    def finding(self, product_arn: str, finding_id: str) -> Finding | None:
        """A stored finding, live; None if there is none."""
        for findings in self._findings.values():
            if (product_arn, finding_id) in findings:
                return findings[product_arn, finding_id]
        return None

    def custom_action(
        self, account: str, region: str, action_arn: str, name: str, findings: Sequence[Finding]
    ) -> list[str]:
        """Choose a custom action for findings, as a person does in the console: one event per finding.

        Returns the events' ids. Raises ValueError for an unknown action or more than 20 findings.
        """
        target = self.actions.targets.get(action_arn)
        if target is None:
            known = ", ".join(sorted(self.actions.targets)) or "none"
            raise ValueError(f"{action_arn} is no custom action of {account} in {region}; there are: {known}")
        if len(findings) > CUSTOM_ACTION_FINDINGS:
            raise ValueError(f"a custom action takes at most {CUSTOM_ACTION_FINDINGS} findings, not {len(findings)}")
        events = []
        for finding in findings:
            detail = {
                "actionName": name,
                "actionDescription": target.description,
                "findings": [copy.deepcopy(finding)],
            }
            event = envelope(
                "aws.securityhub", "Security Hub Findings - Custom Action", detail, account, region, [action_arn]
            )
            self.bus.put(account, region, event)
            events.append(str(event["id"]))
        return events

    # --- who sees what

    def visible(self, account: str, region: str) -> Iterator[Finding]:
        """The findings that an account sees in a region, live, in the order in which they came."""
        for (owner, home), findings in self._findings.items():
            if (account, region) in self._seen_in(owner, home):
                yield from findings.values()

    def _seen_in(self, account: str, region: str) -> list[Place]:
        places = [(account, region), (self.admin, region)]
        if self.aggregation_region is not None:
            places.append((self.admin, self.aggregation_region))
        return list(dict.fromkeys(places))

    def emit_imported(self, finding: Finding) -> None:
        """Send the Imported events of a finding, as it is given, to everyone who sees it."""
        resource = f"{finding['ProductArn']}/{finding['Id']}"
        for account, region in self._seen_in(*_place(finding)):
            if _is_enabled(account, region):
                detail = {"findings": [copy.deepcopy(finding)]}
                event = envelope(
                    "aws.securityhub", "Security Hub Findings - Imported", detail, account, region, [resource]
                )
                self.bus.put(account, region, event)

    def _updated(self, existing: Finding, incoming: Finding) -> Finding:
        """What an import makes of a finding that is known: the customer's fields stay."""
        kept = set(CUSTOMER_FIELDS) | self._set_by_customer.get(_key(existing), set())
        merged = {**incoming, **{name: existing[name] for name in kept if name in existing}}
        reopened = (existing.get("RecordState"), merged.get("RecordState")) == ("ARCHIVED", "ACTIVE")
        before, after = (finding.get("Compliance", {}).get("Status") for finding in (existing, merged))
        failed = before == "PASSED" and after in ("FAILED", "WARNING", "NOT_AVAILABLE")
        if (reopened or failed) and merged.get("Workflow", {}).get("Status") in ("RESOLVED", "NOTIFIED"):
            merged["Workflow"] = {"Status": "NEW"}
        return merged

    # --- operations of the API

    def batch_import_findings(self, request: Request) -> dict[str, JSON]:
        """Findings of a caller's own product; the result counts what failed."""
        findings = request.parameters["Findings"]
        _check_count("BatchImportFindings", "Findings", findings)
        failed = []
        for finding in findings:
            message = None if request.is_administrator else _import_refusal(finding, request)
            if message is None:
                self.import_finding({"Region": request.region, **finding})
            else:
                failed.append({"Id": finding["Id"], "ErrorCode": "InvalidInput", "ErrorMessage": message})
        return {
            "FailedCount": len(failed),
            "SuccessCount": len(findings) - len(failed),
            "FailedFindings": failed,
        }

    def batch_update_findings(self, request: Request) -> dict[str, JSON]:
        """Change the customer's fields of findings that the caller sees; UpdatedAt stays."""
        identifiers = request.parameters["FindingIdentifiers"]
        _check_count("BatchUpdateFindings", "FindingIdentifiers", identifiers)
        changes = _checked_changes(request.parameters)
        visible = {_key(finding): finding for finding in self.visible(request.account, request.region)}
        processed, unprocessed = [], []
        for identifier in identifiers:
            finding = visible.get((identifier["ProductArn"], identifier["Id"]))
            if finding is None:
                unprocessed.append(
                    {
                        "FindingIdentifier": identifier,
                        "ErrorCode": "FindingNotFound",
                        "ErrorMessage": "Finding Not Found",
                    }
                )
                continue
            for name, value in changes.items():
                merged = {**finding.get(name, {}), **value} if name in MERGED_FIELDS else value
                finding[name] = copy.deepcopy(merged)
            self._set_by_customer.setdefault(_key(finding), set()).update(changes)
            processed.append(identifier)
            self.emit_imported(finding)
        return {"ProcessedFindings": processed, "UnprocessedFindings": unprocessed}

    def get_findings(self, request: Request) -> dict[str, JSON]:
        """The findings that the caller sees and asks for, a page of at most 100."""
        filters = request.parameters.get("Filters") or {}
        found = [finding for finding in self.visible(request.account, request.region) if passes(finding, filters)]
        found = ordered(found, request.parameters.get("SortCriteria") or [])
        start = int(request.parameters.get("NextToken") or 0)
        end = start + int(request.parameters.get("MaxResults") or FINDINGS_PER_CALL)
        page = {"Findings": copy.deepcopy(found[start:end])}
        return page if end >= len(found) else {**page, "NextToken": str(end)}

    def describe_hub(self, request: Request) -> dict[str, JSON]:
        """The hub of the caller's account and region."""
        backend = securityhub_backends[request.account][request.region]
        return {"HubArn": request.arn("hub/default"), "SubscribedAt": backend.enabled_at, "AutoEnableControls": True}

    def get_enabled_standards(self, request: Request) -> dict[str, JSON]:
        """No standard is subscribed to: findings come from the harness."""
        return {"StandardsSubscriptions": []}

    def list_finding_aggregators(self, request: Request) -> dict[str, JSON]:
        """The aggregator of the administrator account."""
        return {"FindingAggregators": [{"FindingAggregatorArn": arn} for arn in self._aggregators(request)]}

    def get_finding_aggregator(self, request: Request) -> dict[str, JSON]:
        """The aggregator, which links all regions."""
        arn = request.parameters["FindingAggregatorArn"]
        if arn not in self._aggregators(request):
            raise SecurityHubClientError("ResourceNotFoundException", f"There is no finding aggregator {arn}.")
        return {
            "FindingAggregatorArn": arn,
            "FindingAggregationRegion": self.aggregation_region,
            "RegionLinkingMode": "ALL_REGIONS",
        }

    def _aggregators(self, request: Request) -> list[str]:
        if self.aggregation_region is None or request.account != self.admin:
            return []
        home = Request(self.admin, self.aggregation_region, False, {})
        return [home.arn("finding-aggregator/simulated")]

    def get_administrator_account(self, request: Request) -> dict[str, JSON]:
        """The administrator of a member; nothing for the administrator itself."""
        if request.account == self.admin:
            return {}
        return {"Administrator": {"AccountId": self.admin, "MemberStatus": "Enabled"}}

    @contextmanager
    def installed(self) -> Iterator[Hub]:
        """Answer Security Hub's API here, for the operations in OPERATIONS."""
        with ExitStack() as stack:
            routes = {**urls.url_paths, "{0}/.+$": SecurityHubResponse.dispatch}
            stack.enter_context(mock.patch.dict(urls.url_paths, routes))
            for name, operation in OPERATIONS.items():
                method = _method(self, operation)
                stack.enter_context(mock.patch.object(SecurityHubResponse, name, method, create=True))
            yield self


OPERATIONS: Mapping[str, Callable[[Hub, Request], dict[str, JSON]]] = {
    "batch_import_findings": Hub.batch_import_findings,
    "batch_update_findings": Hub.batch_update_findings,
    "create_action_target": lambda hub, request: hub.actions.create(request),
    "delete_action_target": lambda hub, request: hub.actions.delete(request),
    "describe_action_targets": lambda hub, request: hub.actions.describe(request),
    "describe_hub": Hub.describe_hub,
    "get_administrator_account": Hub.get_administrator_account,
    "get_enabled_standards": Hub.get_enabled_standards,
    "get_finding_aggregator": Hub.get_finding_aggregator,
    "get_findings": Hub.get_findings,
    "list_finding_aggregators": Hub.list_finding_aggregators,
    "update_action_target": lambda hub, request: hub.actions.update(request),
}


def _method(hub: Hub, operation: Callable[[Hub, Request], dict[str, JSON]]) -> Callable[[Any], Any]:
    """A method of moto's response class that answers an operation."""

    def respond(response: Any) -> Any:
        account, region = response.current_account, response.region
        if not _is_enabled(account, region):
            message = f"Account {account} is not subscribed to AWS Security Hub"
            raise SecurityHubClientError("InvalidAccessException", message)
        caller = identity.principal_of(response.get_access_key())
        body = json.loads(response.body) if response.body else {}
        request = Request(
            account,
            region,
            caller is not None and caller.kind == "administrator",
            {**body, **(response.uri_match or {})},
        )
        return ActionResult(operation(hub, request))

    return respond


def _is_enabled(account: str, region: str) -> bool:
    regions = securityhub_backends[account]
    return region in regions and bool(regions[region].enabled)


def _key(finding: Finding) -> tuple[str, str]:
    return finding["ProductArn"], finding["Id"]


def _place(finding: Finding) -> Place:
    """Where a finding is at home: its account, and the region of its product."""
    product = str(finding["ProductArn"]).split(":")
    region = product[3] if len(product) > 3 else ""
    return str(finding["AwsAccountId"]), region or str(finding.get("Region", ""))


def _created(finding: Finding) -> Finding:
    return {"RecordState": "ACTIVE", "Workflow": {"Status": "NEW"}, "WorkflowState": "NEW", **finding}


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _check_count(operation: str, parameter: str, values: Sequence[JSON]) -> None:
    if not 1 <= len(values) <= FINDINGS_PER_CALL:
        raise invalid_input(operation, f"{parameter} must hold 1 to {FINDINGS_PER_CALL} entries, not {len(values)}")


def _import_refusal(finding: Finding, request: Request) -> str | None:
    """Why a finding is refused: a caller imports only findings of its own account and its default product."""
    if finding["AwsAccountId"] != request.account:
        return f"AwsAccountId must be the caller's, {request.account}"
    product = request.arn(f"product/{request.account}/default")
    if finding["ProductArn"] != product:
        return f"ProductArn must be {product}"
    return None


def _checked_changes(parameters: Mapping[str, JSON]) -> dict[str, JSON]:
    """The fields that BatchUpdateFindings is to set."""
    changes = {name: parameters[name] for name in UPDATABLE if name in parameters}
    status = changes.get("Workflow", {}).get("Status", "NEW")
    if status not in WORKFLOW_STATUSES:
        raise invalid_input("BatchUpdateFindings", f"Workflow.Status must be one of {', '.join(WORKFLOW_STATUSES)}")
    if "Note" in changes:
        length = len(changes["Note"]["Text"])
        if not 1 <= length <= NOTE_CHARACTERS:
            raise invalid_input(
                "BatchUpdateFindings", f"Note.Text has {length} characters; allowed are 1 to {NOTE_CHARACTERS}"
            )
        changes["Note"] = {**changes["Note"], "UpdatedAt": _now()}
    return changes
