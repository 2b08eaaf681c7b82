"""ParseInput: what it takes from a finding, and that it refuses anything else, naming the field."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from asr_templates.catalog.resource_ids import GLOBAL_ACCOUNT, GLOBAL_ACCOUNT_ID, SECURITY_GROUP
from asr_templates.embedded.parser import parse
from asr_templates.model import ResourceId

ACCOUNT = "111111111111"
GROUP = f"arn:aws:ec2:us-east-1:{ACCOUNT}:security-group/sg-0123456789abcdef0"
CONSOLIDATED = "security-control"
CIS = "subscription/cis-aws-foundations-benchmark/v/1.2.0"


def finding(**fields: Any) -> dict[str, Any]:
    """A projection: what the orchestrator hands over of a consolidated finding of EC2.2."""
    resource = {"Type": "AwsEc2SecurityGroup", "Id": GROUP, "Region": "us-east-1", "Partition": "aws"}
    return {
        "Id": f"arn:aws:securityhub:us-east-1:{ACCOUNT}:security-control/EC2.2/finding/0a1b2c3d-4e5f",
        "ProductArn": "arn:aws:securityhub:us-east-1::product/aws/securityhub",
        "AwsAccountId": ACCOUNT,
        "Region": "us-east-1",
        "Compliance": {"SecurityControlId": "EC2.2"},
        "Resources": [resource],
        **fields,
    }


def event(resource: ResourceId = SECURITY_GROUP, **fields: Any) -> dict[str, Any]:
    """The payload of the step in the document of EC2.2."""
    return {
        "Finding": finding(),
        "parse_id_pattern": resource.pattern,
        "expected_control_id": ["EC2.2"],
        "standard": CONSOLIDATED,
        "parameter": resource.parameter,
        "inputs": {"EC2.2": {}},
        "neutral": {},
        "here": {"partition": "aws", "account": ACCOUNT, "region": "us-east-1"},
        **fields,
    }


def refusal(payload: dict[str, Any]) -> str:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the text is what the tests compare
        parse(payload, None)
    return str(error.value)


# What it returns


def test_outputs_name_the_resource_the_finding_and_the_place() -> None:
    expected = {
        "GroupId": "sg-0123456789abcdef0",
        "ControlId": "EC2.2",
        "FindingId": f"arn:aws:securityhub:us-east-1:{ACCOUNT}:security-control/EC2.2/finding/0a1b2c3d-4e5f",
        "ProductArn": "arn:aws:securityhub:us-east-1::product/aws/securityhub",
        "RemediationAccount": ACCOUNT,
        "RemediationRegion": "us-east-1",
        "AffectedObject": {"Type": "AwsEc2SecurityGroup", "Id": "sg-0123456789abcdef0"},
    }

    assert expected == parse(event(), None)


def test_whole_finding_gives_what_its_projection_gives() -> None:
    details = {"AwsEc2SecurityGroup": {"GroupName": "default", "GroupId": "sg-0123456789abcdef0"}}
    whole = {
        "SchemaVersion": "2018-10-08",
        "GeneratorId": "security-control/EC2.2",
        "ProductName": "Security Hub",
        "CompanyName": "AWS",
        "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
        "Title": "VPC default security groups should not allow inbound or outbound traffic",
        "Severity": {"Label": "HIGH", "Original": "HIGH"},
        "Compliance": {
            "Status": "FAILED",
            "SecurityControlId": "EC2.2",
            "AssociatedStandards": [{"StandardsId": "ruleset/cis-aws-foundations-benchmark/v/1.2.0"}],
        },
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
        "Resources": [{**finding()["Resources"][0], "Details": details, "Tags": {"a": "b"}}],
    }

    assert parse(event(), None) == parse(event(Finding=finding(**whole)), None)


def test_finding_of_one_standard_is_taken_by_the_document_of_that_standard() -> None:
    named = finding(Id=f"arn:aws:securityhub:us-east-1:{ACCOUNT}:{CIS}/4.3/finding/0a1b2c3d-4e5f")
    payload = event(Finding=named, standard=CIS, expected_control_id=["4.3"], inputs={"4.3": {}})

    assert "4.3" == parse(payload, None)["ControlId"]


def test_document_of_a_family_tells_its_controls_apart() -> None:
    inputs = {"EC2.13": {"Port": 22}, "EC2.14": {"Port": 3389}}
    named = finding(Id=finding()["Id"].replace("EC2.2/", "EC2.14/"))
    outputs = parse(event(Finding=named, expected_control_id=["EC2.13", "EC2.14"], inputs=inputs), None)

    assert ("EC2.14", 3389) == (outputs["ControlId"], outputs["Port"])


def test_account_itself_is_the_resource_of_account_level_controls() -> None:
    account = {"Type": "AwsAccount", "Id": f"AWS::::Account:{ACCOUNT}", "Region": "us-east-1"}

    handed = parse(event(GLOBAL_ACCOUNT_ID, Finding=finding(Resources=[account])), None)
    alone = parse(event(GLOBAL_ACCOUNT, Finding=finding(Resources=[account])), None)

    assert ACCOUNT == handed["AccountId"]
    assert {"Type": "AwsAccount", "Id": ACCOUNT} == handed["AffectedObject"]
    assert set(handed) - {"AccountId"} == set(alone)


def test_pattern_without_a_group_hands_over_the_whole_id() -> None:
    payload = event(parse_id_pattern=r"^arn:aws:ec2:\S+$", parameter="Arn")

    assert GROUP == parse(payload, None)["Arn"]


@pytest.mark.parametrize(
    ("partition", "region"),
    [
        ("aws", "il-central-1"),
        ("aws", "mx-central-1"),
        ("aws", "ap-southeast-7"),
        ("aws", "ap-east-10"),
        ("aws-cn", "cn-northwest-1"),
        ("aws-us-gov", "us-gov-east-1"),
        ("aws-iso-b", "us-isob-east-1"),
        ("aws-eusc", "eusc-de-east-1"),
    ],
)
def test_every_partition_and_new_regions_pass(partition: str, region: str) -> None:
    pattern = r"^arn:[\w-]+:ec2:[\w-]+:\d{12}:security-group/(sg-\w+)$"
    here = {"partition": partition, "account": ACCOUNT, "region": region}
    there = _moved(finding(), partition, region)

    assert region == parse(event(Finding=there, parse_id_pattern=pattern, here=here), None)["RemediationRegion"]


def _moved(value: Any, partition: str, region: str) -> Any:
    """The finding as it would be in another partition and region."""
    if isinstance(value, dict):
        return {key: _moved(item, partition, region) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, partition, region) for item in value]
    return value.replace("arn:aws:", f"arn:{partition}:").replace("us-east-1", region)


def test_region_of_the_resource_is_that_of_its_arn() -> None:
    """The resource may lie in another region than the finding, and Resources[0].Region may be that of the finding."""
    resource = {**finding()["Resources"][0], "Id": GROUP.replace("us-east-1", "eu-west-1")}
    here = {"partition": "aws", "account": ACCOUNT, "region": "eu-west-1"}

    assert "eu-west-1" == parse(event(Finding=finding(Resources=[resource]), here=here), None)["RemediationRegion"]


def test_resource_without_a_region_in_its_arn_lies_where_the_finding_says() -> None:
    bucket = {"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::Old_Bucket.Name", "Region": "us-east-1"}
    payload = event(Finding=finding(Resources=[bucket]), parse_id_pattern=r"^arn:aws:s3:::([\w.-]+)$", parameter="Name")

    outputs = parse(payload, None)

    assert ("Old_Bucket.Name", "us-east-1") == (outputs["Name"], outputs["RemediationRegion"])


# What it refuses

JUNK = ("\n", " ", "x/", "/x", "\x00", "é", "{{x}}", "\u0661")


def mutations(value: str) -> list[Any]:
    """What must not pass in the place of a legal value."""
    return ["", None, 7, [value], f"{value}\n", f"\n{value}", f" {value}", f"{value} ", f"x{value}", f"{value};x"]


@pytest.mark.parametrize("field", ["Id", "ProductArn", "AwsAccountId"])
def test_missing_or_malformed_field_is_refused_by_its_name(field: str) -> None:
    for value in mutations(finding()[field]):
        assert refusal(event(Finding=finding(**{field: value}))).startswith(f"{field} "), value

    absent = finding()
    del absent[field]
    assert refusal(event(Finding=absent)).startswith(f"{field} None ")


@pytest.mark.parametrize("value", mutations(GROUP))
def test_malformed_resource_id_is_refused_by_its_name(value: Any) -> None:
    resource = {**finding()["Resources"][0], "Id": value}

    assert refusal(event(Finding=finding(Resources=[resource]))).startswith("Resources[0].Id ")


@pytest.mark.parametrize("resources", [None, [], {}, "x", [None], ["x"], [{}], 3])
def test_missing_resource_is_refused_by_its_name(resources: Any) -> None:
    assert refusal(event(Finding=finding(Resources=resources))).startswith("Resources[0].Id None ")


@pytest.mark.parametrize("region", [None, "", "us-east-1\n", "us east 1", "useast1", "global", "US-EAST-1", 1])
def test_malformed_region_is_refused_by_its_name(region: Any) -> None:
    account = {"Id": f"AWS::::Account:{ACCOUNT}", "Region": region}

    assert refusal(event(GLOBAL_ACCOUNT, Finding=finding(Resources=[account]))).startswith("Resources[0].Region ")


@pytest.mark.parametrize(
    "finding_id",
    [
        f"arn:aws:securityhub:us-east-1:222222222222:{CONSOLIDATED}/EC2.2/finding/0a1b",
        f"arn:aws-cn:securityhub:us-east-1:{ACCOUNT}:{CONSOLIDATED}/EC2.2/finding/0a1b",
        f"arn:aws-x:securityhub:us-east-1:{ACCOUNT}:{CONSOLIDATED}/EC2.2/finding/0a1b",
        f"arn:aws:guardduty:us-east-1:{ACCOUNT}:{CONSOLIDATED}/EC2.2/finding/0a1b",
        f"arn:aws:securityhub::{ACCOUNT}:{CONSOLIDATED}/EC2.2/finding/0a1b",
        f"arn:aws:securityhub:us-east-1:{ACCOUNT}:{CIS}/4.3/finding/0a1b",
        f"arn:aws:securityhub:us-east-1:{ACCOUNT}:subscription/cis-aws-foundations-benchmark/v/1.4.0/EC2.2/finding/0a",
        f"arn:aws:securityhub:us-east-1:{ACCOUNT}:{CONSOLIDATED}/EC2.2/finding/",
        f"arn:aws:securityhub:us-east-1:{ACCOUNT}:{CONSOLIDATED}/EC2.2/finding/0a1b/x",
        f"arn:aws:securityhub:us-east-1:{ACCOUNT}:{CONSOLIDATED}//finding/0a1b",
        f"arn:aws:securityhub:us-east-1:{ACCOUNT}:{CONSOLIDATED}/x/EC2.2/finding/0a1b",
    ],
)
def test_id_that_is_no_finding_of_this_account_and_standard_is_refused(finding_id: str) -> None:
    assert refusal(event(Finding=finding(Id=finding_id))).startswith("Id ")


def test_dots_of_a_version_are_dots() -> None:
    named = finding(Id=f"arn:aws:securityhub:us-east-1:{ACCOUNT}:{CIS.replace('1.2.0', '1x2x0')}/4.3/finding/0a1b")

    message = refusal(event(Finding=named, standard=CIS, expected_control_id=["4.3"], inputs={"4.3": {}}))
    assert message.startswith("Id ")


@pytest.mark.parametrize("control", ["EC2.1", "EC2.22", "ec2.2", "EC212", "S3.1"])
def test_finding_of_another_control_is_refused_by_its_name(control: str) -> None:
    other = finding(Id=finding()["Id"].replace("EC2.2/", f"{control}/"))

    assert refusal(event(Finding=other)).startswith(f"Id: control {control} is ")


@pytest.mark.parametrize(
    "product",
    [
        "arn:aws:securityhub:us-east-1::product/aws/guardduty",
        f"arn:aws:securityhub:us-east-1:{ACCOUNT}:product/{ACCOUNT}/default",
        f"arn:aws:securityhub:us-east-1:{ACCOUNT}:product/aws/securityhub",
        "arn:aws-cn:securityhub:us-east-1::product/aws/securityhub",
        "arn:aws:securityhub:::product/aws/securityhub",
    ],
)
def test_finding_of_another_product_is_refused(product: str) -> None:
    assert refusal(event(Finding=finding(ProductArn=product))).startswith("ProductArn ")


def test_resource_of_another_account_is_refused() -> None:
    resource = {**finding()["Resources"][0], "Id": GROUP.replace(ACCOUNT, "222222222222")}

    expected = f"Resources[0].Id is of account 222222222222, AwsAccountId is {ACCOUNT}"
    assert expected == refusal(event(Finding=finding(Resources=[resource])))


def test_resource_of_another_partition_is_refused() -> None:
    resource = {**finding()["Resources"][0], "Id": GROUP.replace("arn:aws:", "arn:aws-cn:")}

    expected = "Resources[0].Id is in partition aws-cn, this is aws"
    assert expected == refusal(event(Finding=finding(Resources=[resource])))


@pytest.mark.parametrize(
    "resource_id",
    [
        "AWS::::Account:222222222222",
        f"AWS::::Account:{ACCOUNT}\n",
        f"AWS::::Account:{ACCOUNT}0",
        f"AWS::::Account:{ACCOUNT}:x",
        f"arn:aws:iam::{ACCOUNT}:root",
        ACCOUNT,
    ],
)
@pytest.mark.parametrize("resource", [GLOBAL_ACCOUNT, GLOBAL_ACCOUNT_ID], ids=["nothing handed over", "account id"])
def test_account_level_control_takes_the_account_of_the_finding_only(resource: ResourceId, resource_id: str) -> None:
    account = {"Id": resource_id, "Region": "us-east-1"}

    assert refusal(event(resource, Finding=finding(Resources=[account]))).startswith("Resources[0].Id ")


@pytest.mark.parametrize("elsewhere", [{"account": "222222222222"}, {"region": "eu-west-1"}], ids=["account", "region"])
def test_document_that_finds_itself_elsewhere_refuses(elsewhere: dict[str, str]) -> None:
    here = {**event()["here"], **elsewhere}

    expected = f"Resources[0] is in {ACCOUNT} us-east-1, this runs in {here['account']} {here['region']}"
    assert expected == refusal(event(here=here))


# The control's own parameters


def asked(default: Any, *values: Any, name: str = "Setting") -> Any:
    """What the parser makes of a customer's values for an input with this default."""
    given = [{"Name": name, "Value": list(values)}]
    named = finding(Compliance={"SecurityControlParameters": given})
    return parse(event(Finding=named, inputs={"EC2.2": {"Setting": default}}), None)["Setting"]


@pytest.mark.parametrize(
    ("default", "values", "expected"),
    [
        (False, ["true"], True),
        (True, ["False"], False),
        (8, ["14"], 14),
        (8, ["0"], 0),
        (8, ["007"], 7),
        ("INFO", ["ERROR"], "ERROR"),
        ("", [""], ""),
        (["22"], ["80", "443"], ["80", "443"]),
        (["22"], ["80"], ["80"]),
    ],
)
def test_customers_value_has_the_type_of_the_default(default: Any, values: list[str], expected: Any) -> None:
    actual = asked(default, *values)

    assert (type(expected), expected) == (type(actual), actual)


@pytest.mark.parametrize("default", [True, 8, "INFO", ["22"]])
@pytest.mark.parametrize(
    "compliance",
    [
        None,
        {},
        {"SecurityControlParameters": None},
        {"SecurityControlParameters": []},
        {"SecurityControlParameters": [{"Name": "Setting", "Value": []}]},
        {"SecurityControlParameters": [{"Name": "Setting"}]},
        {"SecurityControlParameters": [{"Name": "Other", "Value": ["1"]}]},
    ],
)
def test_without_a_customers_value_the_default_holds(default: Any, compliance: Any) -> None:
    payload = event(Finding=finding(Compliance=compliance), inputs={"EC2.2": {"Setting": default}})

    assert default == parse(payload, None)["Setting"]


@pytest.mark.parametrize(
    ("default", "value"),
    [
        (True, "yes"),
        (True, "true\n"),
        (True, ""),
        (8, "-1"),
        (8, "8.5"),
        (8, "8\n"),
        (8, "1" * 10),
        (8, "\u0661"),
        (8, 14),
        (8, None),
        ("INFO", "{{ ssm:secret }}"),
        ("INFO", ["ERROR"]),
        (["22"], "{{ ssm:secret }}"),
        (["22"], 80),
    ],
)
def test_customers_value_of_another_type_is_refused_by_its_name(default: Any, value: Any) -> None:
    with pytest.raises(ValueError, match=r"^SecurityControlParameters Setting "):
        asked(default, value)


@pytest.mark.parametrize("default", [True, 8, "INFO", ["22"]])
def test_customers_value_that_is_no_list_is_refused_by_its_name(default: Any) -> None:
    """Of the text "90" not the first character is taken."""
    named = finding(Compliance={"SecurityControlParameters": [{"Name": "Setting", "Value": "90"}]})

    message = refusal(event(Finding=named, inputs={"EC2.2": {"Setting": default}}))
    assert message.startswith("SecurityControlParameters Setting ")


def test_parameter_that_the_control_does_not_have_is_not_handed_over() -> None:
    named = finding(Compliance={"SecurityControlParameters": [{"Name": "GroupId", "Value": ["sg-00000000"]}]})

    assert "sg-0123456789abcdef0" == parse(event(Finding=named), None)["GroupId"]


def test_what_only_other_controls_of_the_family_ask_for_is_neutral() -> None:
    payload = event(inputs={"EC2.2": {"Numbers": True}}, neutral={"Numbers": False, "Length": 0})
    payload["Finding"]["Compliance"] = {"SecurityControlParameters": [{"Name": "Length", "Value": ["20"]}]}

    outputs = parse(payload, None)

    assert (True, 0) == (outputs["Numbers"], outputs["Length"])


# In general


@given(group=st.from_regex(r"sg-[0-9a-f]{8,17}", fullmatch=True), account=st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_any_legal_group_of_any_account_is_taken(group: str, account: str) -> None:
    there = copy.deepcopy(event())
    there["here"]["account"] = account
    named = finding(Id=finding()["Id"].replace(ACCOUNT, account), AwsAccountId=account)
    named["Resources"] = [{"Id": f"arn:aws:ec2:us-east-1:{account}:security-group/{group}"}]

    outputs = parse({**there, "Finding": named}, None)

    assert (group, account) == (outputs["GroupId"], outputs["RemediationAccount"])


FIELDS = ("Id", "ProductArn", "AwsAccountId", "Resources[0].Id")


@given(field=st.sampled_from(FIELDS), junk=st.text(min_size=1, max_size=3), data=st.data())
def test_junk_anywhere_in_a_field_is_refused_by_its_name(field: str, junk: str, data: Any) -> None:
    named = finding()
    holder, key = (named["Resources"][0], "Id") if field.startswith("Res") else (named, field)
    value = holder[key]
    at = data.draw(st.integers(0, len(value)))
    holder[key] = value[:at] + junk + value[at:]

    # A longer name of the finding or of a region is as legal as the one before.
    assume(field not in ("Id", "ProductArn") or not re.fullmatch(r"[\w-]+", junk, re.ASCII))
    assert refusal(event(Finding=named)).startswith((field, "Resources[0] is in"))
