"""DisableTGWAutoAcceptSharedAttachments: other accounts' attachments wait for somebody; other options stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from moto.ec2.models import ec2_backends

RUNBOOK = "DisableTGWAutoAcceptSharedAttachments"


class Gateway:
    """A transit gateway that accepts what it is asked to."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.ec2 = boto3.client("ec2")

    def create(self, accepts: str = "enable") -> str:
        options = {"AutoAcceptSharedAttachments": accepts, "DnsSupport": "disable", "AmazonSideAsn": 64600}
        made = self.ec2.create_transit_gateway(Description="backbone", Options=options)["TransitGateway"]
        self.id = str(made["TransitGatewayId"])
        return self.id

    def describe(self) -> Any:
        return self.ec2.describe_transit_gateways(TransitGatewayIds=[self.id])["TransitGateways"][0]

    def loosen(self) -> None:
        self.ec2.modify_transit_gateway(TransitGatewayId=self.id, Options={"AutoAcceptSharedAttachments": "enable"})

    def is_now(self, state: str) -> None:
        """Put the gateway into a state that it has only for minutes."""
        ec2_backends[self.account]["us-east-1"].transit_gateways[self.id].state = state


@pytest.fixture
def gateway(account: str) -> Gateway:
    return Gateway(account)


def test_acceptance_is_switched_off_and_nothing_else(prove: Callable[..., Any], gateway: Gateway) -> None:
    name = gateway.create()
    before = gateway.describe()["Options"]

    prove(RUNBOOK, gateway.describe, drift=gateway.loosen, TransitGatewayId=name)
    assert before == gateway.describe()["Options"]


def test_gateway_that_accepts_nothing_by_itself_is_left_alone(
    remediation: Callable[[str], Any], gateway: Gateway
) -> None:
    assert "NoChange" == remediation(RUNBOOK)(TransitGatewayId=gateway.create("disable"))["Status"]


@pytest.mark.parametrize("state", ["deleting", "deleted"])
def test_gateway_on_its_way_out_is_gone(remediation: Callable[[str], Any], gateway: Gateway, state: str) -> None:
    name = gateway.create()
    gateway.is_now(state)
    output = remediation(RUNBOOK)(TransitGatewayId=name)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


def test_gateway_that_does_not_exist_is_gone(remediation: Callable[[str], Any], gateway: Gateway) -> None:
    assert "gone" == remediation(RUNBOOK)(TransitGatewayId="tgw-0123456789abcdef0")["Message"]


def test_gateway_that_is_still_pending_is_refused(remediation: Callable[[str], Any], gateway: Gateway) -> None:
    name = gateway.create()
    gateway.is_now("pending")
    output = remediation(RUNBOOK)(TransitGatewayId=name)

    assert ("Refused", "the transit gateway is pending, not available") == (output["Status"], output["Message"])


def test_modification_of_somebody_else_is_waited_for(remediation: Callable[[str], Any], gateway: Gateway) -> None:
    name = gateway.create()
    gateway.is_now("modifying")
    output = remediation(RUNBOOK)(TransitGatewayId=name)

    expected = "timed out: ['the modification of the transit gateway']"
    assert ("Failed", expected, []) == (output["Status"], output["Message"], output["Changes"])
