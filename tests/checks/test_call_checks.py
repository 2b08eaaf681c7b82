from collections.abc import Callable

import pytest

from asr_templates.checks import calls
from asr_templates.model import Runbook

Make = Callable[..., Runbook]
Tell = Callable[..., list[str]]


def test_misspelt_operation_is_reported_with_the_nearest(runbook: Make, told: Tell) -> None:
    found = told(calls.operations_exist, runbook((".get_topic_attributes(", ".get_topic_atributes(")))
    expected = ["EncryptTopic.py:7: sns has no operation get_topic_atributes; did you mean get_topic_attributes?"]

    assert expected == found


def test_name_of_the_api_instead_of_boto3s_is_reported(runbook: Make, told: Tell) -> None:
    found = told(calls.operations_exist, runbook(('"set_topic_attributes", these', '"SetTopicAttributes", these')))
    expected = [
        "EncryptTopic.py:11: SetTopicAttributes is the API's name, boto3's is set_topic_attributes\n"
        "    hint: write set_topic_attributes"
    ]

    assert expected == found


def test_inverse_is_looked_up_in_the_service_of_its_change(runbook: Make, told: Tell) -> None:
    found = told(calls.operations_exist, runbook(('Undo("set_topic_attributes"', 'Undo("modify_db_instance"')))

    assert len(found) == 1
    assert found[0].startswith("EncryptTopic.py:10: sns has no operation modify_db_instance")


def test_unknown_service_is_reported(runbook: Make, told: Tell) -> None:
    found = told(calls.services_and_errors_exist, runbook(('aws("sns")', 'aws("sms")')))

    assert len(found) == 1
    assert found[0].startswith("EncryptTopic.py:6: unknown AWS service 'sms'; did you mean")


def test_operation_without_paginator_is_reported(runbook: Make, told: Tell) -> None:
    paginated = runbook(
        ("sns.get_topic_attributes(", 'sns.get_paginator("get_topic_attributes").paginate('),
    )
    found = told(calls.operations_exist, paginated)
    expected = ["EncryptTopic.py:7: sns:get_topic_attributes has no paginator\n    hint: call the operation itself"]

    assert expected == found


def test_error_that_the_service_lacks_is_reported(runbook: Make, told: Tell) -> None:
    caught = runbook(
        (
            "    if not key:",
            "    try:\n        pass\n    except sns.exceptions.NotFound:\n        pass\n    if not key:",
        )
    )
    found = told(calls.services_and_errors_exist, caught)

    assert len(found) == 1
    assert found[0].startswith(
        "EncryptTopic.py:10: sns has no error NotFound\n    hint: did you mean NotFoundException"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("TopicArn=TopicArn", "TopicARN=TopicArn", "there is no parameter TopicARN\n    hint: did you mean TopicArn?"),
        ("TopicArn=TopicArn", "", "parameter TopicArn is missing"),
        ('"AttributeName": "KmsMasterKeyId", ', "", "set_topic_attributes: parameter AttributeName is missing"),
        ('"AttributeName": "KmsMasterKeyId"', '"AttributeName": 5', "at AttributeName: 5 is no string"),
    ],
)
def test_parameter_that_does_not_fit_is_reported(runbook: Make, told: Tell, old: str, new: str, said: str) -> None:
    found = told(calls.parameters_fit, runbook((old, new)))

    assert any(said in problem for problem in found), found


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('{"Engine": "x"}', "at DBParameterGroupName: {'Engine': 'x'} is no string"),
        ("[1]", "is no string"),
        ("TopicArn", None),
        ('f"{TopicArn}-x"', None),
    ],
)
def test_only_what_is_known_before_the_run_is_judged(runbook: Make, told: Tell, value: str, said: str | None) -> None:
    plan = f'''\
from asr_templates.embedded.runner import Aws, Change, Plan


def plan(aws: Aws, TopicArn: str) -> Plan:
    """The group is gone."""
    yield Change("rds", "delete_db_parameter_group", {{"DBParameterGroupName": {value} }}, undo="it is deleted")
    return {{}}
'''
    found = told(calls.parameters_fit, runbook(plan=plan))

    assert bool(said) == bool(found)
    assert said is None or said in found[0]


def test_rest_of_a_map_that_is_not_known_hides_what_is_missing_and_nothing_else(runbook: Make, told: Tell) -> None:
    unpacked = runbook(('these = {"TopicArn": TopicArn, ', "these = {**dict(a=1), "))
    wrong = runbook(('these = {"TopicArn": TopicArn, ', 'these = {**dict(a=1), "Topic": TopicArn, '))

    assert not told(calls.parameters_fit, unpacked)
    assert "there is no parameter Topic" in told(calls.parameters_fit, wrong)[0]


def test_secret_in_a_change_is_reported(runbook: Make, told: Tell) -> None:
    plan = '''\
from asr_templates.embedded.runner import Aws, Change, Plan


def plan(aws: Aws, TopicArn: str) -> Plan:
    """The user has a password."""
    these = {"UserName": "somebody", "Password": TopicArn}
    yield Change("iam", "create_login_profile", these, undo="nobody knows the former password")
    return {}
'''
    found = told(calls.secrets_stay_out, runbook(plan=plan))
    expected = [
        "EncryptTopic.py:7: Password of iam:create_login_profile is a secret, and changes are recorded\n"
        "    hint: let AWS make or keep it"
    ]

    assert expected == found


def test_secret_that_is_hidden_from_records_may_be_changed(runbook: Make, told: Tell) -> None:
    plan = '''\
from asr_templates.embedded.hidden import Hidden
from asr_templates.embedded.runner import Aws, Change, Plan


def plan(aws: Aws, TopicArn: str) -> Plan:
    """The user has a password."""
    these = {"UserName": "somebody", "Password": Hidden(TopicArn)}
    yield Change("iam", "create_login_profile", these, undo="nobody knows the former password")
    return {}
'''

    assert [] == told(calls.secrets_stay_out, runbook(plan=plan))
