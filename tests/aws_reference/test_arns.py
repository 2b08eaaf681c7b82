"""ARNs and the patterns that IAM compares them with."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.aws_reference.arns import arn_matches, glob_matches, is_arn, parse_arn, patterns_overlap

LETTERS = "ab:/"
TEXTS = st.text(LETTERS, max_size=8)
PATTERNS = st.text(LETTERS + "*?", max_size=8)


def naive_glob(pattern: str, text: str) -> bool:
    """The definition of wildcards, as a recursion."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return naive_glob(pattern[1:], text) or (bool(text) and naive_glob(pattern, text[1:]))

    return bool(text) and pattern[0] in ("?", text[0]) and naive_glob(pattern[1:], text[1:])


@given(PATTERNS, TEXTS)
def test_wildcards_mean_what_their_definition_says(pattern: str, text: str) -> None:
    assert naive_glob(pattern, text) == glob_matches(pattern, text)


@given(TEXTS)
def test_text_without_wildcards_matches_itself_and_star_matches_all(text: str) -> None:
    assert glob_matches(text, text)
    assert glob_matches("*", text)


def test_wildcard_matches_line_breaks_and_special_characters_are_literal() -> None:
    assert glob_matches("a*z", "a\nz")
    assert not glob_matches("a.z", "abz")


def test_case_counts() -> None:
    assert not glob_matches("Role", "role")


def test_arn_is_taken_apart_and_put_together() -> None:
    text = "arn:aws-cn:logs:cn-north-1:111111111111:log-group:/aws/lambda/x:*"

    arn = parse_arn(text)

    assert tuple(arn) == ("aws-cn", "logs", "cn-north-1", "111111111111", "log-group:/aws/lambda/x:*")
    assert text == str(arn)


@pytest.mark.parametrize("text", ["", "*", "arn:aws:sns", "sg-12345", "arn:aws:sns:eu-west-1:1"])
def test_what_is_no_arn_is_refused(text: str) -> None:
    assert not is_arn(text)
    with pytest.raises(ValueError, match=re.escape(f"not an ARN: {text!r}")):
        parse_arn(text)


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("*", "arn:aws:sns:eu-west-1:1:t", True),
        ("arn:aws:sns:*:1:t", "arn:aws:sns:eu-west-1:1:t", True),
        ("arn:aws:sns:*:1:t", "arn:aws:sns:eu-west-1:2:t", False),
        ("arn:aws:sns:eu-*", "arn:aws:sns:eu-west-1:2:t", True),
        ("arn:*:t", "arn:aws:sns:eu-west-1:2:t", False),
        ("arn:aws:iam::*:role/x", "arn:aws:iam::1:2:role/x", False),
        ("arn:aws:logs:*:1:log-group:*", "arn:aws:logs:eu-west-1:1:log-group:a:log-stream:b", True),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", False),
        ("arn:aws:s3:::buck?t", "arn:aws:s3:::bucket", True),
    ],
)
def test_arns_are_compared_part_by_part(pattern: str, arn: str, expected: bool) -> None:
    assert expected == arn_matches(pattern, arn)


@pytest.mark.parametrize(
    ("pattern", "arn_format", "expected"),
    [
        ("arn:${AWS::Partition}:sns:*:1:x*", "arn:${Partition}:sns:${Region}:${Account}:${Topic}", True),
        ("arn:aws:sqs:*:1:x", "arn:${Partition}:sns:${Region}:${Account}:${Topic}", False),
        ("arn:aws:s3:::bucket/*", "arn:${Partition}:s3:::${Bucket}", False),
        ("arn:aws:s3:::bucket*", "arn:${Partition}:s3:::${Bucket}", True),
        ("arn:aws:s3:eu-west-1::bucket", "arn:${Partition}:s3:::${Bucket}", False),
        ("arn:aws:ec2:*:1:vpc/*", "arn:${Partition}:ec2:${Region}:${Account}:security-group/*", False),
        ("arn:aws:ec2:*:1:*", "arn:${Partition}:ec2:${Region}:${Account}:security-group/*", True),
        ("arn:aws:iam::1:role/${Path}x", "arn:${Partition}:iam::${Account}:role/*", True),
    ],
)
def test_pattern_and_format_overlap_if_one_arn_fits_both(pattern: str, arn_format: str, expected: bool) -> None:
    assert expected == patterns_overlap(pattern, arn_format)


@given(st.text("ab*?", max_size=4), st.text("ab*?", max_size=4))
def test_patterns_overlap_exactly_if_a_short_text_matches_both(left: str, right: str) -> None:
    """Two patterns of at most four elements that have a text in common have one of at most eight letters."""
    texts = ["".join(letters) for length in range(9) for letters in product("ab", repeat=length)]
    in_common = any(naive_glob(left, text) and naive_glob(right, text) for text in texts)

    assert in_common == patterns_overlap(f"arn:aws:x:::{left}", f"arn:aws:x:::{right}")
