"""Finds the document that an automation is to run: the account's own in moto's SSM, or one that AWS owns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from moto.ssm.models import ssm_backends
from moto.utilities.utils import get_partition

from asr_templates.simulator.aws.automation.documents import (
    AutomationDocument,
    InvalidDocumentError,
    check_simulated,
    load_content,
    parse_document,
)
from asr_templates.simulator.aws.automation.owned import OWNED, is_owned_name
from asr_templates.simulator.aws.automation.references import Value
from asr_templates.simulator.aws.automation.requests import AutomationError, Start
from asr_templates.simulator.aws.errors import NotSimulated


@dataclass(frozen=True)
class Runbook:
    """A document that can be run; `check` raises NotSimulated for parameter values that are not simulated."""

    document: AutomationDocument
    check: Callable[[Mapping[str, Value]], None] = lambda parameters: None


def find_runbook(request: Start) -> Runbook:
    """The document of a request, by name or ARN. Raises AutomationError as AWS refuses, NotSimulated for gaps."""
    name, account = request.document_name, request.account
    if name.startswith("arn:"):
        account = name.split(":")[4]
        name = name.split("/", 1)[-1]
    if is_owned_name(name):
        return _owned_runbook(name, request.region)
    if account != request.account:
        raise NotSimulated(f"document {request.document_name}", "a document shared by another account")
    stored = _stored_document(name, request)
    content = load_content(stored.content, stored.document_format)
    try:
        document = parse_document(name, str(stored.document_version), content)
    except InvalidDocumentError as error:
        raise AutomationError("AutomationDefinitionNotFoundException", f"Document {name}: {error}") from error
    check_simulated(document, content)
    return Runbook(document)


def _owned_runbook(name: str, region: str) -> Runbook:
    if name not in OWNED:
        raise NotSimulated("StartAutomationExecution", f"the AWS-owned runbook {name}")
    owned = OWNED[name]
    if get_partition(region) in owned.absent_in:
        raise AutomationError(
            "AutomationDefinitionNotFoundException", f"Automation definition {name} does not exist in {region}"
        )
    return Runbook(parse_document(name, "1", owned.content), owned.check)


def _stored_document(name: str, request: Start) -> Value:
    """moto's document in the version that is asked for, which must be Active."""
    documents = ssm_backends[request.account][request.region]._documents.get(name)
    if documents is None:
        raise AutomationError(
            "AutomationDefinitionNotFoundException", f"Automation definition {name} does not exist in {request.region}"
        )
    version = request.document_version or "$DEFAULT"
    by_name = {"$LATEST": documents.get_latest_version, "$DEFAULT": documents.get_default_version}
    stored = by_name[version]() if version in by_name else documents.versions.get(version)
    if stored is None:
        raise AutomationError(
            "AutomationDefinitionVersionNotFoundException", f"Automation definition {name} has no version {version}"
        )
    if stored.document_type != "Automation" or stored.status != "Active":
        raise AutomationError(
            "AutomationDefinitionNotFoundException",
            f"Document {name} is of type {stored.document_type} and has status {stored.status}; an Active document "
            "of type Automation is needed",
        )
    return stored
