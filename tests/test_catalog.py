"""The rows of the catalog, and the ids by which findings name resources."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.catalog import CONTROLS
from asr_templates.loading import load
from asr_templates.model import Control, ResourceId

ROWS = list(csv.DictReader((Path(__file__).parent / "data" / "controls.csv").open(encoding="utf-8")))
RESOURCE_IDS = {control.resource: control.id for control in reversed(CONTROLS)}
"""Each way to name a resource -> the first control that uses it."""
RUNBOOKS = load().runbooks
MERGED = {"CreateAccessLoggingBucket + AWS-ConfigureS3BucketLogging": "ConfigureS3BucketLogging"}
"""Remediations of the table -> the one of ours that does the work of both."""
each_resource_id = pytest.mark.parametrize("resource", RESOURCE_IDS, ids=RESOURCE_IDS.values())
KNOWN = [control for control in CONTROLS if any(row["security_control_id"] == control.id for row in ROWS)]
"""Controls of the table; Security Hub has more, and a row may be about any of them."""
each_known_control = pytest.mark.parametrize("control", KNOWN, ids=[control.id for control in KNOWN])
each_control = pytest.mark.parametrize("control", CONTROLS, ids=[control.id for control in CONTROLS])

PARTITIONS = st.sampled_from(["aws", "aws-cn", "aws-us-gov"])
REGIONS = st.from_regex(
    r"(us|eu|ap|il|mx|sa|me|af|ca|cn)(-gov)?-(north|south|east|west|central|northeast)-[1-9]", fullmatch=True
)
ACCOUNTS = st.from_regex(r"[0-9]{12}", fullmatch=True)
HEX = st.text("0123456789abcdef", min_size=8, max_size=17)
DB_NAMES = st.from_regex(r"[A-Za-z](-?[A-Za-z0-9]){0,30}", fullmatch=True)
MADE = {
    "AWS::::Account": st.builds("AWS::::Account:{}".format, ACCOUNTS),
    "AWS::EC2::SecurityGroup": st.builds(
        "arn:{}:ec2:{}:{}:security-group/sg-{}".format, PARTITIONS, REGIONS, ACCOUNTS, HEX
    ),
    "AWS::RDS::DBInstance": st.builds("arn:{}:rds:{}:{}:db:{}".format, PARTITIONS, REGIONS, ACCOUNTS, DB_NAMES),
}
"""Resource type -> ids of that type as AWS makes them."""


def made(resource: ResourceId) -> st.SearchStrategy[str]:
    """Ids as AWS makes them; of a type that MADE lacks, the samples."""
    return MADE.get(resource.type, st.sampled_from(resource.good))


def matches(resource: ResourceId, resource_id: str) -> bool:
    """Whether the parser takes an id."""
    return re.fullmatch(resource.pattern, resource_id, re.ASCII) is not None


# Resource ids


@each_resource_id
def test_good_samples_are_taken_and_bad_ones_are_not(resource: ResourceId) -> None:
    assert [] == [sample for sample in resource.good if not matches(resource, sample)]
    assert [] == [sample for sample in resource.bad if matches(resource, sample)]
    assert resource.good
    assert resource.bad


@each_resource_id
def test_a_trailing_newline_is_among_the_bad_samples(resource: ResourceId) -> None:
    assert any(sample.endswith("\n") for sample in resource.bad)


@each_resource_id
def test_samples_are_of_every_partition_and_of_new_regions(resource: ResourceId) -> None:
    arns = [sample.split(":") for sample in resource.good if sample.startswith("arn:")]

    assert not arns or {"aws", "aws-cn", "aws-us-gov"} == {arn[1] for arn in arns}
    assert not any(arn[3] for arn in arns) or {"il-central-1", "mx-central-1"} & {arn[3] for arn in arns}


@each_resource_id
@given(data=st.data())
def test_ids_as_aws_makes_them_are_taken(resource: ResourceId, data: st.DataObject) -> None:
    resource_id = data.draw(made(resource))

    assert matches(resource, resource_id)


@each_resource_id
@given(data=st.data(), junk=st.sampled_from(["\n", " ", ";", "/", "{{x}}", "\u0661", "\u00e9"]))
def test_ids_with_anything_before_or_behind_are_not_taken(resource: ResourceId, data: st.DataObject, junk: str) -> None:
    resource_id = data.draw(made(resource))

    assert not matches(resource, resource_id + junk)
    assert not matches(resource, junk + resource_id)


@each_resource_id
@given(data=st.data())
def test_what_a_pattern_takes_is_taken_by_the_runbooks_parameter(resource: ResourceId, data: st.DataObject) -> None:
    found = re.fullmatch(resource.pattern, data.draw(made(resource)))
    assert found
    identity = found[1] if found.re.groups else found[0]

    for control in CONTROLS:
        if control.resource is resource and resource.parameter:
            parameter = RUNBOOKS[control.runbook].document["parameters"][resource.parameter]
            assert re.search(parameter["allowedPattern"], identity)


# Rows


def test_each_security_control_is_declared_once() -> None:
    assert {} == {control_id: times for control_id, times in Counter(each.id for each in CONTROLS).items() if times > 1}


def test_ids_are_unique_in_each_standard_but_for_security_controls_that_share_one() -> None:
    known = Counter((row["standard"], row["control_id"]) for row in ROWS)
    ours = Counter((key, control_id) for control in CONTROLS for key, control_id in control.ids.items())

    assert {} == {place: times for place, times in ours.items() if times > max(known[place], 1)}


@each_known_control
def test_row_has_the_ids_that_the_standards_know(control: Control) -> None:
    expected = {
        row["standard"]: row["control_id"]
        for row in ROWS
        if row["security_control_id"] == control.id and row["standard"] != "SC"
    }

    assert expected == {key: control_id for key, control_id in control.ids.items() if control_id}


@each_known_control
def test_row_has_the_remediation_that_is_known(control: Control) -> None:
    """Of the runbooks that AWS owns we have our own, of the same name; two of the table are one of ours."""
    known = {row["remediation_document"].partition("-")[2] for row in ROWS if row["security_control_id"] == control.id}

    assert {control.runbook} == {MERGED.get(name, name) for name in known}


@each_control
def test_inputs_and_the_resource_are_parameters_of_the_runbook(control: Control) -> None:
    parameters = RUNBOOKS[control.runbook].document["parameters"]
    types = {bool: "Boolean", int: "Integer", str: "String", list: "StringList"}

    assert {name: types[type(value)] for name, value in control.inputs.items()} == {
        name: parameters.get(name, {}).get("type") for name in control.inputs
    }
    assert control.resource.parameter in {"", *parameters}


@each_control
def test_row_says_what_was_done(control: Control) -> None:
    assert control.note.endswith(".")
    assert len(control.note) <= 256


def test_one_family_is_one_runbook_one_resource_and_one_workflow_status() -> None:
    families: dict[str, set[tuple[str, str, str, str]]] = {}
    for control in CONTROLS:
        if control.family:
            shared = (control.runbook, control.resource.pattern, control.resource.parameter, control.workflow)
            families.setdefault(control.family, set()).add(shared)

    assert {} == {family: kinds for family, kinds in families.items() if len(kinds) > 1}


@each_control
def test_note_names_no_number_that_a_customer_can_change(control: Control) -> None:
    """What the control asks for is a parameter, and its default is not what a customer may have asked for."""
    numbers = [value for value in control.inputs.values() if isinstance(value, int) and not isinstance(value, bool)]

    assert set() == {str(number) for number in numbers} & set(re.findall(r"\d+", control.note))


# Keys of the customer

CUSTOMER_KEYS = {
    f"{runbook.name}.{name}": parameter["allowedPattern"]
    for runbook in RUNBOOKS.values()
    for name, parameter in runbook.document["parameters"].items()
    if re.fullmatch(r"KmsKey(Id|Arn)", name, re.IGNORECASE)
}
"""Parameter that a person may fill with a KMS key -> its pattern."""
each_customer_key = pytest.mark.parametrize(("parameter", "pattern"), CUSTOMER_KEYS.items(), ids=CUSTOMER_KEYS)
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
MULTI_REGION_KEY = "mrk-1234abcd12ab34cd56ef1234567890ab"
ALIASES = ("alias/orders", "alias/team_7/Orders-2", f"alias/{'a' * 250}")
PLACES = ("aws:kms:mx-central-1", "aws-cn:kms:cn-north-1", "aws-us-gov:kms:us-gov-west-1")
KEY_ARNS = [
    f"arn:{place}:111111111111:{key}" for place in PLACES for key in (f"key/{KEY}", f"key/{MULTI_REGION_KEY}", *ALIASES)
]


def test_every_remediation_that_encrypts_with_a_customers_key_is_tried() -> None:
    expected = {
        "EnableCloudTrailEncryption.KMSKeyArn",
        "EnableEncryptionForSNSTopic.KmsKeyArn",
        "EnableEncryptionForSQSQueue.KmsKeyArn",
        "EncryptRDSSnapshot.KmsKeyId",
    }

    assert expected == set(CUSTOMER_KEYS)


@each_customer_key
def test_customers_key_may_be_an_alias_or_of_several_regions(parameter: str, pattern: str) -> None:
    assert [] == [arn for arn in KEY_ARNS if not re.search(pattern, arn)]
    names = [name for name in (KEY, MULTI_REGION_KEY, *ALIASES) if re.search(pattern, name)]
    assert ([KEY, MULTI_REGION_KEY, *ALIASES] if parameter.endswith("Id") else []) == names


@each_customer_key
@pytest.mark.parametrize(
    "junk",
    [
        "{{ AutomationAssumeRole }}",
        "alias/or ders",
        "alias/orders;",
        f"key:{KEY}",
        f"arn:aws:kms:us-east-1:111111111111:{KEY}",
        f"arn:aws:kms:us-east-1:11111111111:key/{KEY}",
        f"arn:aws:kms::111111111111:key/{KEY}",
        f"arn:aws:s3:us-east-1:111111111111:key/{KEY}",
        f"arn:nowhere:kms:us-east-1:111111111111:key/{KEY}",
        f"arn:aws:kms:us-east-1:111111111111:key/{KEY} ",
        f"arn:aws:kms:us-east-1:111111111111:key/{KEY}:{KEY}",
        f"x\narn:aws:kms:us-east-1:111111111111:key/{KEY}",
        "arn:aws:kms:us-east-1:111111111111:alias/",
        "arn:aws:kms:us-east-1:111111111111:alias/\u00e9",
    ],
)
def test_what_is_no_key_is_refused(parameter: str, pattern: str, junk: str) -> None:
    assert not re.search(pattern, junk), parameter
