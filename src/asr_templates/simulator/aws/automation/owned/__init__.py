"""Runbooks that AWS owns and shares with every account, written after their documentation pages.

Only what is listed here exists; another AWS-owned name raises NotSimulated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from asr_templates.simulator.aws.automation.owned import disable_public_access_for_security_group
from asr_templates.simulator.aws.automation.references import Value


@dataclass(frozen=True)
class OwnedRunbook:
    """content: an Automation document. check: raises NotSimulated for parameters that are not simulated."""

    content: Value
    absent_in: tuple[str, ...]
    check: Callable[[Mapping[str, Value]], None]


OWNED: Mapping[str, OwnedRunbook] = {
    disable_public_access_for_security_group.NAME: OwnedRunbook(
        content=disable_public_access_for_security_group.CONTENT,
        absent_in=disable_public_access_for_security_group.ABSENT_IN,
        check=disable_public_access_for_security_group.check,
    ),
}


def is_owned_name(name: str) -> bool:
    """Whether a document of this name can only be one of AWS's own (customers may not use the prefixes)."""
    return name.startswith(("AWS-", "AWSSupport-", "AWSConfigRemediation-", "AWSEC2-", "AWSFIS-", "Amazon"))
