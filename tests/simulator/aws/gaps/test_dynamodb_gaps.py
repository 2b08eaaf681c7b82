"""Updates of tables take some seconds; tags have one value each."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.gaps.dynamodb import UPDATE_SECONDS

ACCOUNT = "111111111111"
PROTECTED = {"TableName": "orders", "DeletionProtectionEnabled": True}


@pytest.fixture
def person(environment: Any) -> Any:
    dynamodb = environment.session(ACCOUNT).client("dynamodb", region_name="eu-west-1")
    dynamodb.create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return dynamodb


@pytest.fixture
def runbook(person: Any, worker: Any) -> Any:
    return worker.client("dynamodb", region_name="eu-west-1")


def state(dynamodb: Any) -> tuple[str, bool]:
    found = dynamodb.describe_table(TableName="orders")["Table"]
    return found["TableStatus"], found["DeletionProtectionEnabled"]


def test_what_a_person_changes_is_settled_at_once(person: Any) -> None:
    person.update_table(**PROTECTED)

    assert ("ACTIVE", True) == state(person)


def test_what_a_runbook_changes_is_seen_after_some_seconds(person: Any, runbook: Any) -> None:
    answered = runbook.update_table(**PROTECTED)["TableDescription"]
    seen = []
    scheduler.spawn(lambda: seen.append(state(person)), name="look", delay=UPDATE_SECONDS - 1)

    scheduler.run()

    assert "UPDATING" == answered["TableStatus"]
    assert [("UPDATING", False)] == seen
    assert ("ACTIVE", True) == state(person)


def test_table_that_is_being_updated_cannot_be_updated(person: Any, runbook: Any) -> None:
    runbook.update_table(**PROTECTED)

    for dynamodb in (person, runbook):
        with pytest.raises(ClientError, match="ResourceInUseException"):
            dynamodb.update_table(**PROTECTED)


def test_table_that_is_gone_is_not_found(runbook: Any) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        runbook.update_table(**{**PROTECTED, "TableName": "gone"})


def test_new_value_of_a_tag_replaces_the_former_one(person: Any) -> None:
    arn = person.describe_table(TableName="orders")["Table"]["TableArn"]
    for value in ("ann", "bob"):
        person.tag_resource(ResourceArn=arn, Tags=[{"Key": "owner", "Value": value}])

    assert [{"Key": "owner", "Value": "bob"}] == person.list_tags_of_resource(ResourceArn=arn)["Tags"]
