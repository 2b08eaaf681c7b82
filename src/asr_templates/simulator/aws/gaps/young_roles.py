"""IAM: other services do not see a role or an instance profile yet that was made a moment ago, and refuse it.

Sources: IAM user guide, "Troubleshoot IAM", changes are not always immediately visible; the errors are what callers of
these APIs are told to wait for. AWS Config and CloudTrail ask `is_young` themselves. What the administrator of the
simulation does is not checked: tests prepare resources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple, Protocol
from unittest import mock

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.exceptions import InvalidParameter as Ec2InvalidParameter
from moto.ec2.responses.flow_logs import FlowLogs
from moto.ec2.responses.iam_instance_profiles import IamInstanceProfiles
from moto.iam.models import iam_backends
from moto.rds.exceptions import InvalidParameterValue
from moto.rds.responses import RDSResponse
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.responses import SNSResponse

from asr_templates.aws_reference.arns import is_arn, parse_arn
from asr_templates.simulator.aws import identity

PROPAGATION_SECONDS = 15.0
"""How long other services do not see what is new in IAM. IAM promises no time; an observation."""


class _Dated(Protocol):
    name: str
    arn: str
    create_date: Any


def is_young(arn: str) -> bool:
    """Return whether a role or an instance profile is too new to be seen by other services; False if there is none."""
    if not is_arn(arn):
        return False
    place = parse_arn(arn)
    backend = iam_backends[place.account][place.partition]
    found: Iterable[_Dated] = (*backend.roles.values(), *backend.instance_profiles.values())
    return any((utcnow() - each.create_date).total_seconds() < PROPAGATION_SECONDS for each in found if each.arn == arn)


class Check(NamedTuple):
    """A request that names a role or an instance profile."""

    response: type[BaseResponse]
    operation: str
    named: Callable[[Any], str | None]
    """The ARN that a request names, None: it names none."""
    refusal: Callable[[str], ServiceException]


def _instance_profile(request: IamInstanceProfiles) -> str | None:
    name = request._get_param("IamInstanceProfile.Name")
    profiles: Iterable[_Dated] = iam_backends[request.current_account][request.partition].instance_profiles.values()
    by_name = next((profile.arn for profile in profiles if profile.name == name), None)
    arn: str | None = request._get_param("IamInstanceProfile.Arn")
    return arn or by_name


def _feedback_role(request: SNSResponse) -> str | None:
    named: str | None = request._get_param("AttributeValue")
    return named if request._get_param("AttributeName").endswith("FeedbackRoleArn") else None


CHECKS = (
    Check(
        FlowLogs,
        "create_flow_logs",
        lambda request: request._get_param("DeliverLogsPermissionArn"),
        lambda arn: Ec2InvalidParameter(f"Unable to assume given IAM role: '{arn}'"),
    ),
    Check(
        IamInstanceProfiles,
        "associate_iam_instance_profile",
        _instance_profile,
        lambda arn: EC2ClientError(
            "InvalidParameterValue",
            f"Value ({arn.rpartition('/')[2]}) for parameter iamInstanceProfile.name is invalid. "
            "Invalid IAM Instance Profile name",
        ),
    ),
    Check(
        RDSResponse,
        "modify_db_instance",
        lambda request: request.params.get("MonitoringRoleArn"),
        lambda arn: InvalidParameterValue(
            "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING"
        ),
    ),
    Check(
        SNSResponse,
        "set_topic_attributes",
        _feedback_role,
        lambda arn: SNSInvalidParameter(f"Invalid parameter: {arn} cannot be assumed by SNS"),
    ),
)


@contextmanager
def installed() -> Iterator[None]:
    """Let each of CHECKS refuse what is too new."""
    with ExitStack() as stack:
        for check in CHECKS:
            respond = getattr(check.response, check.operation)
            stack.enter_context(mock.patch.object(check.response, check.operation, _checked(check, respond)))
        yield


def _checked(check: Check, respond: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
    def checked(self: Any) -> ActionResult:
        principal = identity.principal_of(self.get_access_key())
        arn = check.named(self)
        if arn and principal is not None and principal.kind != "administrator" and is_young(arn):
            raise check.refusal(arn)
        return respond(self)

    return checked
