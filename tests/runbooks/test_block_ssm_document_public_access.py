"""BlockSSMDocumentPublicAccess: a document is not shared with everyone."""

from __future__ import annotations

import runpy
from types import SimpleNamespace
from typing import Any

import pytest

from asr_templates.embedded.runner import run
from asr_templates.loading import OWN_RUNBOOKS, package_folder

RUNBOOK = "BlockSSMDocumentPublicAccess"
ARN = "arn:aws:ssm:eu-west-1:111111111111:document/Restart.Web_Server"


class InvalidDocumentError(Exception):
    """The client's error for a document that does not exist."""


class Documents:
    """A client that knows one document, whose permissions come a page at a time; moto has no pages and no settings."""

    exceptions = SimpleNamespace(InvalidDocument=InvalidDocumentError)

    def __init__(self, *shared: dict[str, str], blocked: bool = False) -> None:
        self.shared = shared
        self.blocked = blocked

    def describe_document_permission(self, Name: str, PermissionType: str, NextToken: str = "0") -> Any:
        if Name != "Restart.Web_Server":
            raise InvalidDocumentError
        number = int(NextToken)
        more = {"NextToken": str(number + 1)} if number + 1 < len(self.shared) else {}
        return {"AccountSharingInfoList": list(self.shared[number : number + 1]), **more}

    def get_service_setting(self, SettingId: str) -> Any:
        return {"ServiceSetting": {"SettingValue": "Disable" if self.blocked else "Enable"}}


def look(client: Documents, arn: str = ARN) -> Any:
    plan = runpy.run_path(str(package_folder(OWN_RUNBOOKS) / f"{RUNBOOK}.py"))["plan"]
    return run(plan, {"Mode": "Preview", "DocumentArn": arn}, lambda service: client)


def account(number: str, version: str = "$DEFAULT") -> dict[str, str]:
    return {"AccountId": number, "SharedDocumentVersion": version}


@pytest.mark.parametrize("everyone", ["all", "All"])
def test_everyone_is_found_on_the_last_page_and_put_back_with_the_version(everyone: str) -> None:
    output = look(Documents(account("222222222222"), account(everyone, "$LATEST")))

    change = output["Changes"][0]
    assert ["all"] == change["parameters"]["AccountIdsToRemove"]
    assert (["all"], "$LATEST") == tuple(
        change["undo"]["parameters"][name] for name in ("AccountIdsToAdd", "SharedDocumentVersion")
    )


def test_accounts_that_are_named_keep_the_document() -> None:
    assert [] == look(Documents(account("222222222222"), account("333333333333")))["Changes"]


def test_there_is_no_way_back_where_public_sharing_is_blocked() -> None:
    change = look(Documents(account("all"), blocked=True))["Changes"][0]

    expected = "public sharing of documents is blocked in this region: a document cannot be shared again"
    assert expected == change["undo"]


def test_document_that_is_gone_is_no_change() -> None:
    output = look(Documents(), ARN.replace("Restart", "Stop"))

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
