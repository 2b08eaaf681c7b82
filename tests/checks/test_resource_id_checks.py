from collections.abc import Callable
from dataclasses import replace

import pytest

from asr_templates.checks import resource_ids, subject_of
from asr_templates.checks.subject import Subject
from asr_templates.model import Control, Runbook
from asr_templates.names import Names

Tell = Callable[..., list[str]]
About = Callable[..., Subject]


@pytest.fixture
def about(runbook: Callable[..., Runbook], row: Callable[..., Control]) -> About:
    """Makes a subject of one row, whose resource id has other fields where given."""

    def make(**fields: object) -> Subject:
        sound = row()
        changed = replace(sound, resource=replace(sound.resource, **fields))  # type: ignore[arg-type]
        return subject_of([], {"EncryptTopic": runbook()}, Names(), [changed])

    return make


def test_pattern_that_is_none_is_reported(about: About, told: Tell) -> None:
    found = told(resource_ids.patterns_compile, about(pattern="^($"))

    assert 1 == len(found)
    assert found[0].startswith("control SNS.1: resource.pattern: is no regular expression: missing )")


def test_pattern_with_two_groups_is_reported(about: About, told: Tell) -> None:
    assert "has 2 groups" in told(resource_ids.patterns_compile, about(pattern="^(a)(b)$"))[0]


def test_pattern_of_a_part_is_reported(about: About, told: Tell) -> None:
    assert "does not say that it is the whole id" in told(resource_ids.patterns_compile, about(pattern="arn:.*"))[0]


def test_good_sample_that_does_not_match_is_reported(about: About, told: Tell) -> None:
    found = told(resource_ids.samples_hold, about(pattern="^(x)$", bad=("y",), good=("z",)))

    assert ["control SNS.1: resource.good: 'z' does not match ^(x)$"] == found


def test_bad_sample_that_matches_is_reported(about: About, told: Tell) -> None:
    found = told(resource_ids.samples_hold, about(pattern="^([xy])$", bad=("y",), good=("x",)))

    assert ["control SNS.1: resource.bad: 'y' matches ^([xy])$"] == found


def test_line_break_behind_a_good_sample_must_not_pass(about: About, told: Tell) -> None:
    found = told(resource_ids.samples_hold, about(pattern=r"^(x\s*)$", bad=("y",), good=("x",)))

    assert [r"control SNS.1: resource.bad: 'x\n' matches ^(x\s*)$"] == found


def test_pattern_without_samples_is_reported(about: About, told: Tell) -> None:
    found = told(resource_ids.samples_hold, about(good=(), bad=()))

    assert 2 == len(found)


def test_partition_without_a_sample_is_reported(about: About, told: Tell) -> None:
    found = told(resource_ids.partitions_are_tried, about(good=("arn:aws:sns:us-east-1:111111111111:news",)))
    expected = ["control SNS.1: resource.good: no sample of aws-cn, aws-us-gov\n    hint: add one of each partition"]

    assert expected == found


def test_identity_that_the_runbook_refuses_is_reported(about: About, told: Tell) -> None:
    found = told(resource_ids.identities_fit_the_runbook, about(pattern="^(x)$", good=("x",)))
    expected = [
        "control SNS.1: resource.TopicArn: 'x' is refused by EncryptTopic: allowedPattern ^arn:.+$\n"
        "    hint: widen the narrower pattern"
    ]

    assert expected == found
