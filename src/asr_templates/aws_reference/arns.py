"""Amazon resource names, and the patterns that stand for many of them.

An ARN is `arn:partition:service:region:account:resource`; the resource may contain further colons and slashes.
A *pattern* is an ARN with IAM's wildcards: `*` for any characters, `?` for one. IAM compares the parts between the
colons one by one, and only a wildcard in the last part of a pattern reaches beyond a colon (IAM user guide,
"IAM JSON policy elements: Resource" and "Amazon Resource Name (ARN) condition operators").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

PARTS = 6
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")


class Arn(NamedTuple):
    """The six parts of an ARN; region and account are empty where a service has none."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


def is_arn(text: str) -> bool:
    """Whether a text has the form of an ARN (its parts are not looked into)."""
    return text.startswith("arn:") and text.count(":") >= PARTS - 1


def parse_arn(text: str) -> Arn:
    """The parts of an ARN; ValueError if the text is none."""
    if not is_arn(text):
        raise ValueError(f"not an ARN: {text!r}")

    return Arn(*text.split(":", PARTS - 1)[1:])


@lru_cache(maxsize=8192)
def _expression(pattern: str) -> re.Pattern[str]:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")

    return re.compile(escaped, re.DOTALL)


def glob_matches(pattern: str, text: str) -> bool:
    """Whether a whole text matches a pattern in which `*` is any characters and `?` is one; case counts."""
    return _expression(pattern).fullmatch(text) is not None


def arn_matches(pattern: str, arn: str) -> bool:
    """Whether an ARN matches a pattern, part by part; the pattern `*` matches everything."""
    pattern_parts = pattern.split(":", PARTS - 1)
    arn_parts = arn.split(":", len(pattern_parts) - 1)

    return len(pattern_parts) == len(arn_parts) and all(map(glob_matches, pattern_parts, arn_parts))


def patterns_overlap(pattern: str, arn_format: str) -> bool:
    """Whether some ARN of a format matches a policy's pattern.

    In a format `${Name}` stands for characters without a colon or a slash, `*` for any characters. In the pattern
    `${AWS::Partition}`, `${aws:username}` and their like stand for anything, since their values are not known here.
    """
    pattern_parts = _PLACEHOLDER.sub("*", pattern).split(":", PARTS - 1)
    format_parts = arn_format.split(":", len(pattern_parts) - 1)

    return len(pattern_parts) == len(format_parts) and all(map(_parts_overlap, pattern_parts, format_parts))


class _Token(NamedTuple):
    """One element of a pattern: a character, one wildcard character, or a run of any length."""

    kind: Literal["character", "one", "run"]
    excluded: str = ""
    character: str = ""

    def may_be(self, character: str) -> bool:
        return character == self.character if self.kind == "character" else character not in self.excluded


def _tokens(pattern: str) -> Iterator[_Token]:
    position = 0
    while position < len(pattern):
        placeholder = _PLACEHOLDER.match(pattern, position)
        if placeholder:
            yield _Token("run", excluded=":/")
            position = placeholder.end()
            continue

        character = pattern[position]
        position += 1
        if character == "*":
            yield _Token("run")
        elif character == "?":
            yield _Token("one")
        else:
            yield _Token("character", character=character)


def _share_a_character(left: _Token, right: _Token) -> bool:
    if left.kind == "character":
        return right.may_be(left.character)
    if right.kind == "character":
        return left.may_be(right.character)

    return True


@lru_cache(maxsize=4096)
def _parts_overlap(left: str, right: str) -> bool:
    """Whether two patterns have a text in common: both are walked at once, a run being passed over or fed."""
    left_tokens = tuple(_tokens(left))
    right_tokens = tuple(_tokens(right))
    waiting = [(0, 0)]
    seen = {(0, 0)}
    while waiting:
        here = waiting.pop()
        if here == (len(left_tokens), len(right_tokens)):
            return True

        new = set(_steps(left_tokens, right_tokens, *here)) - seen
        seen |= new
        waiting.extend(new)

    return False


def _steps(
    left: tuple[_Token, ...], right: tuple[_Token, ...], at_left: int, at_right: int
) -> Iterator[tuple[int, int]]:
    left_token = left[at_left] if at_left < len(left) else None
    right_token = right[at_right] if at_right < len(right) else None
    if left_token and left_token.kind == "run":
        yield at_left + 1, at_right
    if right_token and right_token.kind == "run":
        yield at_left, at_right + 1
    if left_token and right_token and _share_a_character(left_token, right_token):
        yield at_left + (left_token.kind != "run"), at_right + (right_token.kind != "run")
