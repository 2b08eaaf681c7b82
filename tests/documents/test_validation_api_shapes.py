from typing import Any

import pytest

from asr_templates.aws_reference.operations import input_shape
from asr_templates.documents.validation.api_shapes import REST, UNKNOWN, misfits, secret_paths

FILTERS = {"Filters": [{"Name": "group-id", "Values": ["sg-1"]}]}


def told(service: str, operation: str, value: Any) -> list[tuple[str, str, str]]:
    return [(misfit.path, misfit.message, misfit.hint) for misfit in misfits(input_shape(service, operation), value)]


def test_sound_parameters_fit() -> None:
    assert not told("ec2", "describe_security_groups", FILTERS)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Filters": [{"Nam": "x"}]}, ("Filters[0]", "there is no parameter Nam", "did you mean Name?")),
        ({"Filters": {"Name": "x"}}, ("Filters", "{'Name': 'x'} is no list", "")),
        ({"Filters": ["x"]}, ("Filters[0]", "'x' is no map", "")),
        ({"DryRun": "yes"}, ("DryRun", "'yes' is no boolean", "")),
        ({"MaxResults": True}, ("MaxResults", "True is no integer", "")),
        ("x", ("", "'x' is no map", "")),
    ],
)
def test_misfit_is_told_with_its_path(value: object, expected: tuple[str, str, str]) -> None:
    assert [expected] == told("ec2", "describe_security_groups", value)


def test_value_outside_of_a_closed_list_is_told_with_the_nearest() -> None:
    expected = [("BillingMode", "'PAY_PER_REQUESTS' is no value of it", "did you mean PAY_PER_REQUEST?")]

    assert expected == told("dynamodb", "update_table", {"TableName": "x", "BillingMode": "PAY_PER_REQUESTS"})


@pytest.mark.parametrize("value", [UNKNOWN, {REST: UNKNOWN}, {"Filters": UNKNOWN}, {"Filters": [UNKNOWN]}])
def test_what_only_the_run_knows_fits(value: object) -> None:
    assert not told("ec2", "describe_security_groups", value)


def test_missing_parameter_is_told_unless_others_may_be_there() -> None:
    assert [("", "parameter TopicArn is missing", "")] == told("sns", "get_topic_attributes", {})
    assert not told("sns", "get_topic_attributes", {REST: UNKNOWN})


def test_operation_without_parameters_takes_none() -> None:
    assert [("", "this operation takes no parameters", "")] == told("iam", "delete_account_password_policy", {"A": 1})


def test_secrets_are_found_wherever_they_stand() -> None:
    shape = input_shape("rds", "modify_db_instance")

    assert ["MasterUserPassword"] == list(secret_paths(shape, {"MasterUserPassword": UNKNOWN, "MultiAZ": True}))
    assert not list(secret_paths(shape, {"MultiAZ": True}))
