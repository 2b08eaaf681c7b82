"""EnforceHTTPSForALB: HTTP listeners redirect to the HTTPS listener; without one nothing is touched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

RUNBOOK = "EnforceHTTPSForALB"


class LoadBalancer:
    """A load balancer without listeners."""

    def __init__(self) -> None:
        ec2, self.elbv2 = boto3.client("ec2"), boto3.client("elbv2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
            for number, zone in enumerate(("us-east-1a", "us-east-1b"))
        ]
        self.arn = self.elbv2.create_load_balancer(Name="shop", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
        target = self.elbv2.create_target_group(Name="shop", Protocol="HTTP", Port=80, VpcId=vpc)
        self.forward = {"Type": "forward", "TargetGroupArn": target["TargetGroups"][0]["TargetGroupArn"]}
        certificate = boto3.client("acm").request_certificate(DomainName="shop.example.com")["CertificateArn"]
        self.certificates = {"Certificates": [{"CertificateArn": certificate}]}
        self.parameters = {"ResourceARN": self.arn, "StatusCode": "HTTP_301"}

    def listen(self, protocol: str, port: int, action: dict[str, Any] | None = None) -> str:
        secure = self.certificates if protocol == "HTTPS" else {}
        actions = [action or self.forward]
        made = self.elbv2.create_listener(
            LoadBalancerArn=self.arn, Protocol=protocol, Port=port, DefaultActions=actions, **secure
        )
        return str(made["Listeners"][0]["ListenerArn"])

    def describe(self) -> dict[int, Any]:
        pages = self.elbv2.get_paginator("describe_listeners").paginate(LoadBalancerArn=self.arn)
        return {each["Port"]: each["DefaultActions"] for page in pages for each in page["Listeners"]}

    def redirects(self) -> dict[int, Any]:
        configs = {port: actions[0].get("RedirectConfig", {}) for port, actions in self.describe().items()}
        return {port: (config["Port"], config["StatusCode"]) for port, config in configs.items() if config}


@pytest.fixture
def balancer(account: str) -> LoadBalancer:
    return LoadBalancer()


def test_http_listener_redirects(prove: Callable[..., Any], balancer: LoadBalancer) -> None:
    listener = balancer.listen("HTTP", 80)
    balancer.listen("HTTPS", 443)

    def drift() -> None:
        answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
        balancer.elbv2.modify_listener(ListenerArn=listener, DefaultActions=[answer])

    prove(RUNBOOK, balancer.describe, drift=drift, **balancer.parameters)


def test_every_page_of_listeners_is_read(remediation: Callable[[str], Any], balancer: LoadBalancer) -> None:
    ports = range(8000, 8060)  # moto gives 50 at a time
    for port in ports:
        balancer.listen("HTTP", port)
    balancer.listen("HTTPS", 8443)

    remediation(RUNBOOK)(**{**balancer.parameters, "StatusCode": "HTTP_302"})

    assert dict.fromkeys(ports, ("8443", "HTTP_302")) == balancer.redirects()


def test_redirect_to_another_http_port_is_replaced_and_one_to_https_stays(
    remediation: Callable[[str], Any], balancer: LoadBalancer
) -> None:
    def redirect(protocol: str, port: str) -> dict[str, Any]:
        return {"Type": "redirect", "RedirectConfig": {"Protocol": protocol, "Port": port, "StatusCode": "HTTP_302"}}

    balancer.listen("HTTP", 80, redirect("HTTP", "8080"))
    balancer.listen("HTTP", 81, redirect("HTTPS", "8443"))
    balancer.listen("HTTPS", 443)
    balancer.listen("HTTPS", 8443)

    remediation(RUNBOOK)(**balancer.parameters)

    assert {80: ("443", "HTTP_301"), 81: ("8443", "HTTP_302")} == balancer.redirects()


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ((), "it has no HTTPS listener to redirect to: add one with a certificate first"),
        ((8443, 9443), "it listens for HTTPS on ports [8443, 9443], none of which is 443: redirect by hand"),
    ],
)
def test_load_balancer_without_a_clear_way_to_https_is_refused(
    remediation: Callable[[str], Any], balancer: LoadBalancer, ports: tuple[int, ...], expected: str
) -> None:
    balancer.listen("HTTP", 80)
    for port in ports:
        balancer.listen("HTTPS", port)
    before = balancer.describe()

    output = remediation(RUNBOOK)(**balancer.parameters)

    assert ("Refused", expected, before) == (output["Status"], output["Message"], balancer.describe())


def test_load_balancer_without_http_is_left_alone(remediation: Callable[[str], Any], balancer: LoadBalancer) -> None:
    balancer.listen("HTTPS", 8443)
    balancer.listen("HTTPS", 9443)

    assert "NoChange" == remediation(RUNBOOK)(**balancer.parameters)["Status"]


def test_load_balancer_that_is_gone_is_no_change(remediation: Callable[[str], Any], balancer: LoadBalancer) -> None:
    balancer.elbv2.delete_load_balancer(LoadBalancerArn=balancer.arn)
    output = remediation(RUNBOOK)(**balancer.parameters)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
