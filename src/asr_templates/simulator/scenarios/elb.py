"""Broken resources of Elastic Load Balancing."""

import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario


def load_balancer_that_serves_http(place: Place) -> str:
    """A load balancer that serves two ports without TLS, one of them to weighted target groups, and 443 with it."""
    ec2, elbv2, name = place.client("ec2"), place.client("elbv2"), f"shop-{uuid.uuid4().hex[:8]}"
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{place.region}{zone}")
        for number, zone in enumerate("ab")
    ]
    made = elbv2.create_load_balancer(Name=name, Subnets=[each["Subnet"]["SubnetId"] for each in subnets])
    arn = str(made["LoadBalancers"][0]["LoadBalancerArn"])
    groups = [
        elbv2.create_target_group(Name=f"{name}-{color}", Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0]
        for color in ("blue", "green")
    ]
    blue, green = (group["TargetGroupArn"] for group in groups)
    weighted = [{"TargetGroupArn": blue, "Weight": 9}, {"TargetGroupArn": green, "Weight": 1}]
    canary = {"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}
    certificate = place.client("acm").request_certificate(DomainName="shop.example.com")["CertificateArn"]
    forward = {"Type": "forward", "TargetGroupArn": blue}
    to_https = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_302"}}
    elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[canary])
    elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=8080, DefaultActions=[forward])
    elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=8081, DefaultActions=[to_https])
    elbv2.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTPS",
        Port=443,
        DefaultActions=[forward],
        Certificates=[{"CertificateArn": certificate}],
    )
    return arn


def listeners(place: Place, resource_id: str) -> list[dict[str, Any]]:
    """Return the listeners of a load balancer with their rules, in the order of their ports."""
    elbv2 = place.client("elbv2")
    found: list[dict[str, Any]] = elbv2.describe_listeners(LoadBalancerArn=resource_id)["Listeners"]
    rules = {each["Port"]: elbv2.describe_rules(ListenerArn=each["ListenerArn"])["Rules"] for each in found}
    return sorted(({**each, "Rules": rules[each["Port"]]} for each in found), key=lambda each: each["Port"])


def redirects_http(place: Place, resource_id: str) -> bool:
    """Every HTTP listener redirects to port 443, the one that did before with its own status code."""
    codes = {}
    for listener in listeners(place, resource_id):
        if listener["Protocol"] == "HTTP":
            redirect = listener["DefaultActions"][0].get("RedirectConfig", {})
            codes[listener["Port"]] = (redirect.get("Protocol"), redirect.get("Port"), redirect.get("StatusCode"))
    kept = ("HTTPS", "443", "HTTP_302")
    ours = ("HTTPS", "443", "HTTP_301")
    return codes == {80: ours, 8080: ours, 8081: kept}


def answer_by_itself(place: Place, resource_id: str) -> None:
    """Someone lets one of the listeners answer by itself."""
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503", "ContentType": "text/plain"}}
    [listener] = [each for each in listeners(place, resource_id) if each["Port"] == 8080]
    place.client("elbv2").modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=[answer])


SCENARIOS = {"ELB.1": Scenario(load_balancer_that_serves_http, redirects_http, listeners, answer_by_itself)}
