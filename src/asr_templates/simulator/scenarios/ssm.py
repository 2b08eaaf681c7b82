"""Broken resources of AWS Systems Manager."""

import json
import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario

PUBLIC_SHARING = "/ssm/documents/console/public-sharing-permission"


def public_document(place: Place) -> str:
    """A document that everyone may use."""
    ssm = place.client("ssm")
    name = f"Restart.Web_Server-{uuid.uuid4().hex[:8]}"
    step = {"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": "PT1M"}}
    content = {"schemaVersion": "0.3", "description": "Wait a minute.", "mainSteps": [step]}
    ssm.create_document(Name=name, DocumentType="Automation", DocumentFormat="JSON", Content=json.dumps(content))
    share(place, name)
    return place.arn("ssm", f"document/{name}")


def share(place: Place, name: str, account: str = "all") -> None:
    """Share a document with everyone, or with one account."""
    place.client("ssm").modify_document_permission(Name=name, PermissionType="Share", AccountIdsToAdd=[account])


def sharing(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the document, and with whom it is shared."""
    ssm = place.client("ssm")
    name = resource_id.rpartition("/")[2]
    permission = ssm.describe_document_permission(Name=name, PermissionType="Share")
    return {
        "Document": ssm.describe_document(Name=name)["Document"],
        "SharedWith": permission["AccountSharingInfoList"],
    }


def is_private(place: Place, resource_id: str) -> bool:
    """The document is there and shared with nobody."""
    return sharing(place, resource_id)["SharedWith"] == []


def share_again(place: Place, resource_id: str) -> None:
    """Someone shares the document with everyone again."""
    share(place, resource_id.rpartition("/")[2])


def open_region(place: Place) -> str:
    """A region where documents may be shared with everyone, as AWS has it at first."""
    place.client("ssm").reset_service_setting(SettingId=PUBLIC_SHARING)
    return place.account_resource


def public_sharing(place: Place, resource_id: str) -> tuple[str, str]:
    """Return the value of the setting, and whether it is the default."""
    setting = place.client("ssm").get_service_setting(SettingId=PUBLIC_SHARING)["ServiceSetting"]
    return setting["SettingValue"], setting["Status"]


def blocks(place: Place, resource_id: str) -> bool:
    """Public sharing is off."""
    return public_sharing(place, resource_id)[0] == "Disable"


def allow_again(place: Place, resource_id: str) -> None:
    """Someone allows public sharing again."""
    place.client("ssm").update_service_setting(SettingId=PUBLIC_SHARING, SettingValue="Enable")


SCENARIOS = {
    "SSM.4": Scenario(public_document, is_private, sharing, share_again),
    "SSM.7": Scenario(open_region, blocks, public_sharing, allow_again),
}
