"""Links and commands that launch the root stacks: quick-create links of the console, and StackSets for the members.

The console's form of a link is documented by AWS (CloudFormation guide, quick-create links): the template must be an S3
object of the console's partition, names of parameters are case-sensitive, values are percent-encoded.
"""

import difflib
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from asr_templates.model import Problem
from asr_templates.stacks.nesting import ADMIN, MEMBER, MEMBER_ROLES, ROOTS, Assets
from asr_templates.stacks.parameters import BUCKET_PATTERN, BUCKET_PREFIX_PATTERN

STACK_NAMES = {ADMIN: "Admin", MEMBER_ROLES: "Member-Roles", MEMBER: "Member"}
"""Root template -> last part of the stack's name."""

RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", "--x-s3", "--table-s3")
"""Starts and ends of bucket names that S3 keeps for itself (S3 guide, bucket naming rules)."""


@dataclass(frozen=True)
class Partition:
    """A partition's domains: its console's, and its services'."""

    name: str
    console: str
    suffix: str


PARTITIONS = (
    Partition("aws", "console.aws.amazon.com", "amazonaws.com"),
    Partition("aws-us-gov", "console.amazonaws-us-gov.com", "amazonaws.com"),
    Partition("aws-cn", "console.amazonaws.cn", "amazonaws.com.cn"),
)


@dataclass(frozen=True)
class Launch:
    """How one root template is launched: stack's name, template's URL, link and, for members, command."""

    root: str
    name: str
    template: str
    url: str
    stack_set: str | None


@cache
def regions() -> dict[str, tuple[str, ...]]:
    """Return partition -> its regions, as botocore knows them."""
    from botocore.session import get_session  # takes a third of a second, so only where it is needed

    session = get_session()
    return {
        partition.name: tuple(sorted(session.get_available_regions("cloudformation", partition.name)))
        for partition in PARTITIONS
    }


def partition_of(region: str) -> Partition:
    """Return the partition of a region; raise ValueError, with the nearest names, where there is none."""
    known = regions()
    for partition in PARTITIONS:
        if region in known[partition.name]:
            return partition
    nearest = difflib.get_close_matches(region, [name for names in known.values() for name in names])
    raise ValueError(
        f"unknown region {region!r}"
        + (f"; did you mean {' or '.join(nearest)}?" if nearest else "")
        + " (a region newer than the installed boto3 needs a newer boto3)"
    )


def stack_name(prefix: str, root: str) -> str:
    """Return the name under which a root template is launched: ASR-Member-Roles."""
    return f"{prefix}-{STACK_NAMES[root]}"


def template_url(assets: Assets, root: str, region: str, partition: Partition) -> str:
    """Return where the root template lies for a launch in the region."""
    host = f"{assets.bucket}-{region}.s3.{region}.{partition.suffix}"
    return f"https://{host}/{assets.prefix}/templates/{root}.template"


def quick_create_url(template: str, name: str, region: str, partition: Partition, parameters: Mapping[str, str]) -> str:
    """Return the link that opens the console with the template (its URL), the stack's name and parameters filled in."""
    query = [("templateURL", template), ("stackName", name)]
    query += [(f"param_{parameter}", value) for parameter, value in parameters.items()]
    fragment = "&".join(f"{key}={quote(value, safe='')}" for key, value in query)
    return f"https://{region}.{partition.console}/cloudformation/home?region={region}#/stacks/create/review?{fragment}"


def stack_set_command(template: str, name: str, region: str, parameters: Mapping[str, str]) -> str:
    """Return the shell command that makes a service-managed StackSet of a member template.

    No link can do that. Such a StackSet leaves out the organization's management account (CloudFormation guide).
    """
    words = ["aws", "cloudformation", "create-stack-set", "--region", region, "--stack-set-name", name]
    words += ["--template-url", template]
    if parameters:
        words.append("--parameters")
        words += [f"ParameterKey={key},ParameterValue={escaped(value)}" for key, value in parameters.items()]
    words += ["--capabilities", "CAPABILITY_NAMED_IAM", "--permission-model", "SERVICE_MANAGED"]
    words += ["--auto-deployment", "Enabled=true,RetainStacksOnAccountRemoval=false"]
    return shlex.join(words)


def escaped(value: str) -> str:
    """Return a value for the AWS CLI's shorthand syntax, in which a comma ends a value that is not quoted."""
    return f'"{value}"' if "," in value else value


def launches(
    assets: Assets, prefix: str, region: str, parameters: Mapping[str, Sequence[str]], values: Mapping[str, str]
) -> list[Launch]:
    """Return how each root template is launched in the region with these values of parameters.

    parameters: root template -> the names that it takes; its link leaves out others, which would do nothing.
    Raises ValueError for an unknown region.
    """
    partition = partition_of(region)
    found = []
    for root in ROOTS:
        name = stack_name(prefix, root)
        template = template_url(assets, root, region, partition)
        given = {key: value for key, value in values.items() if key in parameters[root]}
        found.append(
            Launch(
                root=root,
                name=name,
                template=template,
                url=quick_create_url(template, name, region, partition, given),
                stack_set=None if root == ADMIN else stack_set_command(template, name, region, given),
            )
        )
    return found


def check_bucket(name: str) -> Iterator[Problem]:
    """Yield what is wrong with the base name of a bucket, to which each region's bucket adds -<region>.

    S3 allows dots too, but the certificate of its host names does not cover them.
    """
    hint = "the bucket of a region is then called NAME-<region>"
    if not re.fullmatch(BUCKET_PATTERN, name, re.ASCII):
        what = f"{name!r} is not 3 to 48 lower-case letters, digits and hyphens with a letter or digit at both ends"
        yield Problem("--bucket", what, hint)
    for start in RESERVED_PREFIXES:
        if name.startswith(start):
            yield Problem("--bucket", f"{name!r} starts with {start}, which S3 reserves", "choose another name")
    for end in RESERVED_SUFFIXES:
        if name.endswith(end):
            yield Problem("--bucket", f"{name!r} ends with {end}, which S3 reserves", "choose another name")


def check_bucket_prefix(path: str) -> Iterator[Problem]:
    """Yield what is wrong with the path in the bucket."""
    if not re.fullmatch(BUCKET_PREFIX_PATTERN, path, re.ASCII):
        hint = "give it like security/v1.0.0: letters, digits, _ . - in parts divided by /"
        yield Problem("--bucket-prefix", f"{path!r} is no path without a slash at its start and end", hint)
