"""Workgroups of Athena can be changed, and are missed."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.errors import NotSimulated

ACCOUNT = "111111111111"


@pytest.fixture
def athena(environment: Any) -> Any:
    client = environment.session(ACCOUNT).client("athena", region_name="eu-west-1")
    client.create_work_group(Name="sales", Configuration={"BytesScannedCutoffPerQuery": 10**9})
    return client


def settings(athena: Any) -> Any:
    return athena.get_work_group(WorkGroup="sales")["WorkGroup"]["Configuration"]


def test_settings_that_are_named_change_and_the_others_stay(athena: Any) -> None:
    before = settings(athena)
    athena.update_work_group(WorkGroup="sales", ConfigurationUpdates={"PublishCloudWatchMetricsEnabled": True})

    assert {**before, "PublishCloudWatchMetricsEnabled": True} == settings(athena)


def test_setting_can_be_taken_away(athena: Any) -> None:
    athena.update_work_group(WorkGroup="sales", ConfigurationUpdates={"RemoveBytesScannedCutoffPerQuery": True})

    assert "BytesScannedCutoffPerQuery" not in settings(athena)


def test_description_and_state_change(athena: Any) -> None:
    athena.update_work_group(WorkGroup="sales", Description="Reports", State="DISABLED")

    group = athena.get_work_group(WorkGroup="sales")["WorkGroup"]
    assert ("Reports", "DISABLED") == (group["Description"], group["State"])


def test_setting_that_is_not_simulated_is_named(athena: Any) -> None:
    with pytest.raises(NotSimulated, match=r"ConfigurationUpdates\.ExecutionRole"):
        athena.update_work_group(WorkGroup="sales", ConfigurationUpdates={"ExecutionRole": "arn:aws:iam::1:role/x"})


@pytest.mark.parametrize("operation", ["get_work_group", "update_work_group"])
def test_workgroup_that_does_not_exist_is_an_error(athena: Any, operation: str) -> None:
    with pytest.raises(ClientError, match=r"InvalidRequestException.*WorkGroup gone is not found"):
        getattr(athena, operation)(WorkGroup="gone")
