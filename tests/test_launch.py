"""Links and commands that launch the stacks."""

import shlex
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.launch import (
    PARTITIONS,
    check_bucket,
    check_bucket_prefix,
    launches,
    partition_of,
    quick_create_url,
    regions,
    stack_set_command,
    template_url,
)
from asr_templates.stacks.nesting import ADMIN, MEMBER, MEMBER_ROLES, ROOTS, Assets
from asr_templates.stacks.parameters import UNOWNED_BUCKET

ASSETS = Assets("my-bucket", "asr/v1.0.0")


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        (
            "eu-west-1",
            "https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/create/review"
            "?templateURL=https%3A%2F%2Fmy-bucket-eu-west-1.s3.eu-west-1.amazonaws.com%2Fasr%2Fv1.0.0%2Ftemplates%2F"
            "automated-security-response-admin.template&stackName=ASR-Admin&param_RolePath=%2Fa%20b%2F",
        ),
        (
            "us-gov-west-1",
            "https://us-gov-west-1.console.amazonaws-us-gov.com/cloudformation/home?region=us-gov-west-1"
            "#/stacks/create/review?templateURL=https%3A%2F%2Fmy-bucket-us-gov-west-1.s3.us-gov-west-1.amazonaws.com"
            "%2Fasr%2Fv1.0.0%2Ftemplates%2Fautomated-security-response-admin.template&stackName=ASR-Admin"
            "&param_RolePath=%2Fa%20b%2F",
        ),
        (
            "cn-north-1",
            "https://cn-north-1.console.amazonaws.cn/cloudformation/home?region=cn-north-1#/stacks/create/review"
            "?templateURL=https%3A%2F%2Fmy-bucket-cn-north-1.s3.cn-north-1.amazonaws.com.cn%2Fasr%2Fv1.0.0%2Ftemplates"
            "%2Fautomated-security-response-admin.template&stackName=ASR-Admin&param_RolePath=%2Fa%20b%2F",
        ),
    ],
)
def test_link_is_in_the_regions_partition_with_everything_encoded(region: str, expected: str) -> None:
    parameters = {root: ["RolePath"] for root in ROOTS}

    assert expected == launches(ASSETS, "ASR", region, parameters, {"RolePath": "/a b/"})[0].url


@given(st.dictionaries(st.from_regex(r"\A[A-Za-z0-9]{1,20}\Z"), st.text(st.characters(codec="utf-8"))))
def test_every_value_reads_back_from_the_link(values: dict[str, str]) -> None:
    url = quick_create_url("https://x/y", "ASR-Admin", "eu-west-1", PARTITIONS[0], values)
    query = dict(parse_qsl(urlsplit(url).fragment.partition("?")[2], keep_blank_values=True, strict_parsing=True))

    assert {"templateURL": "https://x/y", "stackName": "ASR-Admin"} | {
        f"param_{name}": value for name, value in values.items()
    } == query


def test_a_link_leaves_out_what_its_stack_does_not_take() -> None:
    parameters = {ADMIN: ["OrganizationId"], MEMBER_ROLES: ["SecHubAdminAccount"], MEMBER: ["SecHubAdminAccount"]}
    found = launches(ASSETS, "ASR", "eu-west-1", parameters, {"SecHubAdminAccount": "111122223333"})

    assert ["param_SecHubAdminAccount=111122223333" in launch.url for launch in found] == [False, True, True]


def test_stacks_are_named_after_the_installations_prefix() -> None:
    found = launches(ASSETS, "QA", "eu-west-1", {root: [] for root in ROOTS}, {})

    assert [launch.name for launch in found] == ["QA-Admin", "QA-Member-Roles", "QA-Member"]


def test_members_have_a_command_for_a_stackset_too_and_the_administrator_has_none() -> None:
    found = launches(ASSETS, "ASR", "eu-west-1", {root: [] for root in ROOTS}, {})

    assert [launch.stack_set is not None for launch in found] == [False, True, True]


def test_stackset_command_gives_each_value_as_one_word_of_the_shell() -> None:
    words = shlex.split(stack_set_command("https://x", "ASR-Member", "eu-west-1", {"A": "1", "B": "x, y"}))
    at = words.index("--parameters")

    assert words[at + 1 : at + 3] == ["ParameterKey=A,ParameterValue=1", 'ParameterKey=B,ParameterValue="x, y"']
    assert "CAPABILITY_NAMED_IAM" in words


def test_templates_lie_in_the_bucket_of_the_region() -> None:
    assert template_url(ASSETS, MEMBER, "cn-north-1", partition_of("cn-north-1")) == (
        "https://my-bucket-cn-north-1.s3.cn-north-1.amazonaws.com.cn/asr/v1.0.0/templates/"
        "automated-security-response-member.template"
    )


def test_every_region_belongs_to_its_partition() -> None:
    for partition, names in regions().items():
        assert names
        assert {partition} == {partition_of(name).name for name in names}


def test_an_unknown_region_is_reported_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="unknown region 'eu-wset-1'; did you mean eu-west-1 "):
        partition_of("eu-wset-1")


@pytest.mark.parametrize("name", ["abc", "a" * 48, "my-company-asr", "1a2"])
def test_a_bucket_name_that_s3_takes_has_no_problem(name: str) -> None:
    assert list(check_bucket(name)) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ab", "is not 3 to 48 lower-case"),
        ("a" * 49, "is not 3 to 48 lower-case"),
        ("My-Bucket", "is not 3 to 48 lower-case"),
        ("my.bucket", "is not 3 to 48 lower-case"),
        ("my_bucket", "is not 3 to 48 lower-case"),
        ("bucket-", "is not 3 to 48 lower-case"),
        ("bucket\n", "is not 3 to 48 lower-case"),
        ("xn--bucket", "starts with xn--"),
        ("sthree-bucket", "starts with sthree-"),
        (UNOWNED_BUCKET, "starts with amzn-s3-demo-"),
        ("bucket-s3alias", "ends with -s3alias"),
        ("bucket--ol-s3", "ends with --ol-s3"),
        ("bucket--x-s3", "ends with --x-s3"),
    ],
)
def test_a_bucket_name_that_s3_would_refuse_is_reported(name: str, message: str) -> None:
    problems = list(check_bucket(name))

    assert [problem.place for problem in problems] == ["--bucket"]
    assert message in problems[0].message


@pytest.mark.parametrize("path", ["", "/a", "a/", "a//b", "a b", "a\n"])
def test_a_path_with_a_slash_at_an_end_is_reported(path: str) -> None:
    assert [problem.place for problem in check_bucket_prefix(path)] == ["--bucket-prefix"]
