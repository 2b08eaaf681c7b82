"""Modifications of transit gateways take their time."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.gaps.transit_gateways import MODIFICATION_SECONDS

REGION = "eu-west-1"
ACCEPT = {"AutoAcceptSharedAttachments": "enable"}


@pytest.fixture
def person(environment: Any) -> Any:
    return environment.session("111111111111").client("ec2", region_name=REGION)


@pytest.fixture
def runbook(person: Any, worker: Any) -> Any:
    return worker.client("ec2", region_name=REGION)


@pytest.fixture
def gateway(person: Any) -> str:
    return str(person.create_transit_gateway(Description="d")["TransitGateway"]["TransitGatewayId"])


def state(ec2: Any, gateway: str) -> tuple[str, str]:
    found = ec2.describe_transit_gateways(TransitGatewayIds=[gateway])["TransitGateways"][0]
    return found["State"], found["Options"]["AutoAcceptSharedAttachments"]


def test_what_a_person_changes_is_settled_at_once(person: Any, gateway: str) -> None:
    person.modify_transit_gateway(TransitGatewayId=gateway, Options=ACCEPT)

    assert ("available", "enable") == state(person, gateway)


def test_what_a_runbook_changes_is_done_later_and_blocks_other_changes(person: Any, runbook: Any, gateway: str) -> None:
    runbook.modify_transit_gateway(TransitGatewayId=gateway, Options=ACCEPT)
    seen = []
    scheduler.spawn(lambda: seen.append(state(person, gateway)), name="look", delay=MODIFICATION_SECONDS - 1)
    with pytest.raises(ClientError, match="IncorrectState"):
        runbook.modify_transit_gateway(TransitGatewayId=gateway, Options=ACCEPT)

    scheduler.run()

    assert ([("modifying", "disable")], ("available", "enable")) == (seen, state(person, gateway))


def test_gateway_that_does_not_exist_is_not_modified(person: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidTransitGatewayID\.NotFound"):
        person.modify_transit_gateway(TransitGatewayId="tgw-0123456789abcdef0", Options=ACCEPT)
