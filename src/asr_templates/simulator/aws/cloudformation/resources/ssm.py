"""Systems Manager: documents and parameters.

Limits: AWS General Reference, "Systems Manager endpoints and quotas"; reserved names: API reference, CreateDocument.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml
from moto.ssm.models import ssm_backends

from asr_templates.simulator.aws.cloudformation.creation import Creation
from asr_templates.simulator.aws.cloudformation.failures import Refused
from asr_templates.simulator.aws.cloudformation.resources.handler import Handler, Properties, given, handler
from asr_templates.simulator.aws.cloudformation.stack import Created

MAXIMUM_DOCUMENT_BYTES = 64 * 1024
MAXIMUM_DOCUMENTS = 500
"""Per account and region."""
MAXIMUM_VALUE_BYTES = {"Standard": 4096, "Advanced": 8192, "Intelligent-Tiering": 8192}
RESERVED_NAME = re.compile(r"(?i)aws|amazon|amzn")

# libyaml's where the wheel of PyYAML has it: a launch of many runbooks takes half the time.
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def _create_document(creation: Creation, properties: Properties) -> Created:
    name = properties.get("Name") or creation.generated_name(128)
    if RESERVED_NAME.match(name):
        raise Refused(f"Document name {name} is reserved: it must not begin with aws, amazon or amzn")
    form = properties.get("DocumentFormat", "JSON")
    text = _document_text(properties["Content"], form)
    size = len(text.encode())
    if size > MAXIMUM_DOCUMENT_BYTES:
        raise Refused(
            f"The size of document {name}, {size} bytes, exceeds the limit of {MAXIMUM_DOCUMENT_BYTES} "
            "(Service: Ssm, Error Code: MaxDocumentSizeExceeded)"
        )
    if document_count(creation.account, creation.region) >= MAXIMUM_DOCUMENTS:
        raise Refused(
            f"You can have at most {MAXIMUM_DOCUMENTS} active Systems Manager documents "
            "(Service: Ssm, Error Code: DocumentLimitExceeded)"
        )
    creation.clients("ssm").create_document(
        Name=name,
        Content=text,
        DocumentFormat=form,
        DocumentType=properties.get("DocumentType", "Command"),
        **given(properties, "TargetType VersionName Tags"),
    )
    return Created(name, {})


def _document_text(content: str | Mapping[str, Any], form: str) -> str:
    """Write a document's content in its format; content given as text stays as it is."""
    if isinstance(content, str):
        return content
    if form == "YAML":
        return yaml.dump(content, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=10_000)
    return json.dumps(content)


def document_count(account: str, region: str) -> int:
    """Count the SSM documents that an account has of its own in a region, as moto keeps them."""
    return len(ssm_backends[account][region]._documents)


def _create_parameter(creation: Creation, properties: Properties) -> Created:
    name = properties.get("Name") or f"CFN-{creation.generated_name()}"
    value = properties["Value"]
    limit = MAXIMUM_VALUE_BYTES[properties.get("Tier", "Standard")]
    if len(value.encode()) > limit:
        raise Refused(f"Parameter {name} has {len(value.encode())} bytes, its tier allows {limit}")
    if "AllowedPattern" in properties and not re.fullmatch(properties["AllowedPattern"], value):
        raise Refused(f"Parameter value, cannot be validated against allowedPattern: {properties['AllowedPattern']}")
    tags = [{"Key": key, "Value": text} for key, text in properties.get("Tags", {}).items()]
    creation.clients("ssm").put_parameter(
        Name=name,
        Type=properties["Type"],
        Value=value,
        Tags=tags,
        **given(properties, "Description AllowedPattern Tier DataType"),
    )
    path = name if name.startswith("/") else f"/{name}"
    arn = creation.arn("ssm", f"parameter{path}")
    return Created(name, {"Value": value, "Type": properties["Type"], "Arn": arn, "Name": name})


HANDLERS: Mapping[str, Handler] = {
    "AWS::SSM::Document": handler(
        _create_document, "Name Content DocumentFormat DocumentType TargetType VersionName Tags UpdateMethod"
    ),
    "AWS::SSM::Parameter": handler(_create_parameter, "Name Type Value Description AllowedPattern Tier DataType Tags"),
}
