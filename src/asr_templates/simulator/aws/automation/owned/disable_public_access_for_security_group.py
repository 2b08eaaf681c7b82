"""AWS-DisablePublicAccessForSecurityGroup: closes SSH and RDP to all addresses, by IPv4 and IPv6.

Source: Automation runbook reference, "AWS-DisablePublicAccessForSecurityGroup": in a non-default VPC it fails with
InvalidPermission.NotFound unless all four rules exist; it is not available in China. Its steps are not published: here
each rule is revoked by a step of its own, so that a failure leaves the earlier ones revoked. To be confirmed on a real
account.
"""

from collections.abc import Mapping

from asr_templates.simulator.aws.automation.references import Value
from asr_templates.simulator.aws.errors import NotSimulated

NAME = "AWS-DisablePublicAccessForSecurityGroup"
ABSENT_IN = ("aws-cn",)

_PORTS = {"SSH": 22, "RDP": 3389}
_RANGES = {"IPv4": {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, "IPv6": {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}}


def _revoke(name: str, port: int, ranges: Mapping[str, Value]) -> Value:
    permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **ranges}
    return {
        "name": name,
        "action": "aws:executeAwsApi",
        "inputs": {
            "Service": "ec2",
            "Api": "RevokeSecurityGroupIngress",
            "GroupId": "{{ GroupId }}",
            "IpPermissions": [permission],
        },
    }


CONTENT: Value = {
    "schemaVersion": "0.3",
    "description": "Closes the SSH and RDP ports of a security group that are open to all addresses.",
    "assumeRole": "{{ AutomationAssumeRole }}",
    "parameters": {
        "GroupId": {"type": "String", "allowedPattern": "^sg-[a-f0-9]{8,17}$"},
        "IpAddressToBlock": {"type": "String", "default": ""},
        "AutomationAssumeRole": {"type": "String", "default": ""},
    },
    "mainSteps": [
        _revoke(f"Disable{service}From{family}", port, ranges)
        for service, port in _PORTS.items()
        for family, ranges in _RANGES.items()
    ],
}


def check(parameters: Mapping[str, Value]) -> None:
    """Raises NotSimulated for a single address to block instead of all."""
    if parameters["IpAddressToBlock"]:
        raise NotSimulated(NAME, "the parameter IpAddressToBlock")
