"""EnableSSMDocumentBlockPublicSharing: no document can be shared with everyone."""

from __future__ import annotations

import runpy
from types import SimpleNamespace
from typing import Any

import pytest

from asr_templates.embedded.runner import run
from asr_templates.loading import OWN_RUNBOOKS, package_folder

RUNBOOK = "EnableSSMDocumentBlockPublicSharing"
SETTING = "servicesetting/ssm/documents/console/public-sharing-permission"


def look(value: str, status: str, partition: str = "aws") -> Any:
    """What a preview says where GetServiceSetting, which moto lacks, answers so."""
    described = {"ServiceSetting": {"SettingValue": value, "Status": status}}
    ssm = SimpleNamespace(get_service_setting=lambda SettingId: described)
    plan = runpy.run_path(str(package_folder(OWN_RUNBOOKS) / f"{RUNBOOK}.py"))["plan"]
    here = {"AccountId": "111111111111", "Partition": partition, "Region": "eu-west-1"}
    return run(plan, {"Mode": "Preview", **here}, lambda service: ssm)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Default", {"operation": "reset_service_setting", "parameters": {}}),
        ("Customized", {"operation": "update_service_setting", "parameters": {"SettingValue": "Enable"}}),
    ],
)
def test_undo_leads_back_to_the_default_or_to_the_value_that_was_set(status: str, expected: dict[str, Any]) -> None:
    undo = look("Enable", status)["Changes"][0]["undo"]
    undo["parameters"].pop("SettingId")

    assert expected == undo


def test_region_that_blocks_already_is_left_alone() -> None:
    assert [] == look("Disable", "Customized")["Changes"]


def test_setting_is_that_of_this_account_region_and_partition() -> None:
    change = look("Enable", "Default", partition="aws-us-gov")["Changes"][0]

    assert f"arn:aws-us-gov:ssm:eu-west-1:111111111111:{SETTING}" == change["parameters"]["SettingId"]
