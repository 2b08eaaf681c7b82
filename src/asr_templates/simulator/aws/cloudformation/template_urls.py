"""Template URLs: the S3 object that one names, and its text, read by whoever launches the stack.

Source: CloudFormation API reference, CreateStack, TemplateURL; S3 User Guide, "Virtual hosting of general purpose
buckets".
"""

import re
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.cloudformation.failures import TemplateError

MAXIMUM_URL_LENGTH = 5120
BUCKET = r"(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])"
SERVICE = r"s3(?:\.dualstack)?(?:[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?"


class TemplateObject(NamedTuple):
    """An S3 object; `region` is that of the URL's host, None where it names none."""

    bucket: str
    key: str
    region: str | None
    version: str | None


def template_object(url: str, url_suffix: str) -> TemplateObject:
    """Take a template URL apart; the bucket may be in the host or in the path.

    url_suffix: the partition's, `amazonaws.com`. Raises TemplateError on all that is not such a URL.
    """
    parts = urlsplit(url)
    suffix = re.escape(url_suffix)
    in_host = re.fullmatch(rf"{BUCKET}\.{SERVICE}\.{suffix}", parts.netloc)
    in_path = re.fullmatch(rf"{SERVICE}\.{suffix}", parts.netloc)
    path = unquote(parts.path).removeprefix("/")
    bucket, key = "", path
    if in_path:
        bucket, _, key = path.partition("/")
    elif in_host:
        bucket = in_host["bucket"]
    if parts.scheme != "https" or len(url) > MAXIMUM_URL_LENGTH or not bucket or not key:
        raise TemplateError(
            f"TemplateURL must be a supported URL: an https URL of an object in S3 under {url_suffix}, not {url!r}"
        )
    host = in_path or in_host
    assert host is not None
    return TemplateObject(bucket, key, host["region"], parse_qs(parts.query).get("versionId", [None])[0])


def template_text(url: str, url_suffix: str, session: boto3.Session, region: str) -> str:
    """Read the template that a URL names from S3 with the launching principal's session.

    region: the stack's, whose S3 is asked. Raises TemplateError where S3 does not hand it out.
    """
    found = template_object(url, url_suffix)
    s3 = session.client("s3", region_name=found.region or region)
    try:
        if found.region is not None:
            home = s3.get_bucket_location(Bucket=found.bucket).get("LocationConstraint") or "us-east-1"
            if home != found.region:
                raise TemplateError(f"S3 error: The bucket is in this region: {home}. {url} says {found.region}")
        version = {"VersionId": found.version} if found.version else {}
        body: bytes = s3.get_object(Bucket=found.bucket, Key=found.key, **version)["Body"].read()
    except ClientError as error:
        raise TemplateError(f"S3 error: {error.response['Error'].get('Message', error)} ({url})") from error
    return body.decode("utf-8")
