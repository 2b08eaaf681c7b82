"""Stack parameters: what each accepts, and that a launch with something else says what is expected."""

import re
from collections.abc import Iterator

import pytest
from troposphere import Template

from asr_templates.model import Control, ResourceId
from asr_templates.stacks import parameters
from asr_templates.stacks.parameters import StackParameter, asset_parameters, control_switch, declare, load_playbook

ACCOUNT = ResourceId("AWS::::Account", r"AWS::::Account:\d{12}", "")
EC2_13 = Control("EC2.13", "CloseGroup", ACCOUNT, {}, "")


def every_parameter() -> Iterator[StackParameter]:
    yield from (value for value in vars(parameters).values() if isinstance(value, StackParameter))
    yield from (load_playbook("SC", "security-control 2.0.0"), control_switch(EC2_13))
    yield from asset_parameters("bucket", "path")


@pytest.mark.parametrize("parameter", list(every_parameter()), ids=lambda parameter: parameter.name)
def test_every_parameter_is_limited_and_says_what_it_expects(parameter: StackParameter) -> None:
    properties = parameter.resource().to_dict()
    limited = {"AllowedPattern", "AllowedValues", "MinValue"} & set(properties)

    assert limited
    assert properties["ConstraintDescription"].startswith("must be ")
    assert properties["Description"].endswith(".")


@pytest.mark.parametrize("parameter", list(every_parameter()), ids=lambda parameter: parameter.name)
def test_every_default_is_accepted(parameter: StackParameter) -> None:
    if parameter.pattern and parameter.default is not None:
        assert re.fullmatch(parameter.pattern, str(parameter.default))
    if parameter.allowed:
        assert parameter.default in parameter.allowed
    if parameter.least is not None and parameter.most is not None:
        assert parameter.least <= int(parameter.default or 0) <= parameter.most


SAMPLES = {
    parameters.ADMIN_ACCOUNT: (["111122223333"], ["", "11112222333", "1111222233334", "11112222333a"]),
    parameters.ORGANIZATION_ID: (["", "o-a1b2c3d4e5"], ["o-A1B2C3D4E5", "r-a1b2", "o-short"]),
    parameters.MEMBER_ACCOUNTS: (["", "111122223333"], ["1111", "111122223333 "]),
    parameters.ORCHESTRATOR_REGION: (
        ["", "eu-west-1", "us-gov-east-1", "cn-northwest-1", "mx-central-1"],
        ["eu-west", "EU-WEST-1", "eu-west-1a"],
    ),
    parameters.NAMESPACE: (["asr", "a", "a23456789"], ["", "ASR", "1a", "a-b", "a234567890"]),
    parameters.ROLE_PATH: (["/", "/security/", "/a/b.c/"], ["", "security", "/security", "security/", "//"]),
    parameters.PERMISSIONS_BOUNDARY: (
        [
            "",
            "arn:aws:iam::111122223333:policy/Boundary",
            "arn:aws-cn:iam::111122223333:policy/path/Boundary",
            "arn:aws-us-gov:iam::aws:policy/PowerUserAccess",
        ],
        ["Boundary", "arn:aws:iam::111122223333:role/Boundary", "arn:aws:iam::1:policy/Boundary"],
    ),
    parameters.INGEST_QUEUE_ARN: (["arn:aws-cn:sqs:cn-north-1:111122223333:ASR-Ingest"], ["", "ASR-Ingest"]),
    asset_parameters("bucket", "path")[0]: (
        ["abc", "a" * 48, "my-bucket-1"],
        ["", "ab", "a" * 49, "My-bucket", "my.bucket", "-bucket", "bucket-", "my_bucket"],
    ),
    asset_parameters("bucket", "path")[1]: (
        ["asr", "security/asr/v1.0.0"],
        ["", "/asr", "asr/", "a//b", "a b", "a?b"],
    ),
}


@pytest.mark.parametrize(("parameter", "good", "bad"), [(key, *pair) for key, pair in SAMPLES.items()])
def test_patterns_accept_what_is_legal_and_nothing_else(
    parameter: StackParameter, good: list[str], bad: list[str]
) -> None:
    accepted = {text for text in (*good, *bad) if re.fullmatch(parameter.pattern, text)}

    assert set(good) == accepted


def test_only_the_administrators_account_and_what_the_parent_sets_have_no_default() -> None:
    assert {"SecHubAdminAccount", "IngestQueueArn"} == {
        parameter.name for parameter in every_parameter() if parameter.default is None
    }


def test_every_parameter_has_a_place_and_a_label_in_the_console() -> None:
    template = Template()
    declare(template, every_parameter())
    interface = template.to_dict()["Metadata"]["AWS::CloudFormation::Interface"]
    placed = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]

    assert sorted(template.parameters) == sorted(placed)
    assert set(template.parameters) == set(interface["ParameterLabels"])


def test_a_controls_switch_is_on_and_bears_its_id() -> None:
    switch = control_switch(EC2_13)

    assert (switch.name, switch.label, switch.default) == ("ControlEC213", "EC2.13", "yes")
