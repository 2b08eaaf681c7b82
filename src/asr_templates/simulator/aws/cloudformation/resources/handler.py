"""How a type of resource is created: the contract of the handlers, and what several of them need."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from asr_templates.simulator.aws.cloudformation.creation import Creation
from asr_templates.simulator.aws.cloudformation.failures import Refused, already_exists
from asr_templates.simulator.aws.cloudformation.properties import Applied, applied
from asr_templates.simulator.aws.cloudformation.stack import Created

Properties = Mapping[str, Any]
"""A resource's properties, resolved and checked against its schema: required ones are there, types are right."""


class Handler(NamedTuple):
    """How one type is created, and the properties that `create` applies.

    Any other property raises NotSimulated before `create` is called.
    """

    create: Callable[[Creation, Properties], Created]
    applies: Applied


def handler(create: Callable[[Creation, Properties], Created], applies: str) -> Handler:
    """Make a handler; `applies` is a list of property paths as `properties.applied` reads it."""
    return Handler(create, applied(applies))


def given(properties: Properties, names: str, **renamed: str) -> dict[str, Any]:
    """Pick the named properties that are there; `renamed` maps a property to the API's name for it."""
    pairs = {name: name for name in names.split()} | renamed
    return {api_name: properties[name] for name, api_name in pairs.items() if name in properties}


def document_text(document: str | Mapping[str, Any]) -> str:
    """Write a policy or definition as JSON text, unless it is text already."""
    return document if isinstance(document, str) else json.dumps(document)


def document_content(document: str | Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Read a policy or definition that may be given as JSON text. Raises Refused if the text is not a JSON object."""
    if not isinstance(document, str):
        return document
    try:
        content = json.loads(document)
    except ValueError as error:
        raise Refused(f"{name} is not valid JSON: {error}") from error
    if not isinstance(content, dict):
        raise Refused(f"{name} must be a JSON object")
    return content


def tag_map(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Turn a list of Key and Value into one dict."""
    return {tag["Key"]: tag["Value"] for tag in tags}


def refuse_existing(creation: Creation, identifier: str, is_there: bool) -> None:
    """Raise Refused if there is a resource of that name already, where the service's API would just take it over."""
    if is_there:
        raise already_exists(creation.type, identifier)
