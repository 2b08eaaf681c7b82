"""GuardDuty: one detector per region, and tags of detectors and filters.

Source: GuardDuty API reference, CreateDetector, CreateFilter, TagResource, UntagResource, ListTagsForResource.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock
from urllib.parse import unquote

from moto.guardduty import urls
from moto.guardduty.exceptions import GuardDutyException
from moto.guardduty.models import Detector, Filter, GuardDutyBackend
from moto.guardduty.responses import GuardDutyResponse

Method = Callable[..., Any]

TAGS_PATH = "{0}/tags/(?P<resource_arn>.+)$"
MOST_TAGS = 50


class BadRequestException(GuardDutyException):  # type: ignore[misc]  # moto has no types
    """The request is rejected."""

    code = 400

    def __init__(self, reason: str) -> None:
        super().__init__("InvalidInputException", f"The request is rejected because {reason}.")

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        """Return the header that names the error."""
        return [("X-Amzn-ErrorType", "BadRequestException")]


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's GuardDuty."""
    patches: list[tuple[type, str, object]] = [
        (GuardDutyBackend, "create_detector", _only_one(GuardDutyBackend.create_detector)),
        (GuardDutyResponse, "create_filter", _with_tags(GuardDutyResponse.create_filter)),
        (GuardDutyResponse, "get_filter", _shows_tags(GuardDutyResponse.get_filter)),
        (GuardDutyResponse, "list_tags_for_resource", _list_tags),
        (GuardDutyResponse, "tag_resource", _tag),
        (GuardDutyResponse, "untag_resource", _untag),
    ]
    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict(urls.url_paths, {TAGS_PATH: GuardDutyResponse.dispatch}))
        for owner, name, replacement in patches:
            stack.enter_context(mock.patch.object(owner, name, replacement, create=True))
        yield


def _only_one(create: Method) -> Method:
    def create_detector(self: GuardDutyBackend, *args: Any, **kwargs: Any) -> Any:
        if self.detectors:
            raise BadRequestException("a detector already exists for the current account")
        return create(self, *args, **kwargs)

    return create_detector


def _with_tags(create: Method) -> Method:
    """A filter has the tags that it is made with; moto forgets them."""

    def create_filter(self: GuardDutyResponse) -> Any:
        answer = create(self)
        detector = self.guardduty_backend.get_detector(self.path.split("/")[-2])
        tags = self._get_param("tags") or {}
        detector.get_filter(self._get_param("name")).tags = dict(tags)
        return answer

    return create_filter


def _shows_tags(get: Method) -> Method:
    def get_filter(self: GuardDutyResponse) -> str:
        detector_id, name = self.path.split("/")[-3], unquote(self.path.split("/")[-1])
        tags = _tags(self.guardduty_backend.get_filter(detector_id, name))
        return json.dumps({**json.loads(get(self)), "tags": tags})

    return get_filter


def _tags(resource: Detector | Filter) -> dict[str, str]:
    """Return the tags of a resource, to be changed in place."""
    tags: dict[str, str] = resource.__dict__.setdefault("tags", {})
    return tags


def _tagged(request: GuardDutyResponse) -> dict[str, str]:
    """Return the tags of the detector or filter that the request's path names by its ARN."""
    arn = unquote(request.path.partition("/tags/")[2])
    match arn.partition(":detector/")[2].split("/"):
        case [detector_id]:
            return _tags(request.guardduty_backend.get_detector(detector_id))
        case [detector_id, "filter", name]:
            return _tags(request.guardduty_backend.get_filter(detector_id, name))
    raise BadRequestException(f"{arn} is no resource that can have tags")


def _list_tags(request: GuardDutyResponse) -> str:
    return json.dumps({"tags": _tagged(request)})


def _tag(request: GuardDutyResponse) -> tuple[int, dict[str, str], str]:
    tags, given = _tagged(request), request._get_param("tags") or {}
    if any(key.lower().startswith("aws:") for key in given):
        raise BadRequestException("tag keys must not begin with aws:")
    if len(tags | given) > MOST_TAGS:
        raise BadRequestException(f"a resource has at most {MOST_TAGS} tags")
    tags.update(given)
    return 204, {}, ""


def _untag(request: GuardDutyResponse) -> tuple[int, dict[str, str], str]:
    tags = _tagged(request)
    for key in request.querystring.get("tagKeys", []):
        tags.pop(key, None)
    return 204, {}, ""
