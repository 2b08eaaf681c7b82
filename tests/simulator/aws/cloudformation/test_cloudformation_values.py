"""Intrinsic functions, conditions, rules and references, seen through the outputs of whole stacks."""

from typing import Any

import pytest

from asr_templates.simulator.aws.errors import NotSimulated

HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
YES = {"Fn::Equals": ["a", "a"]}
NO = {"Fn::Equals": ["a", "b"]}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        (
            {"Fn::Sub": "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:x"},
            "arn:aws:sns:eu-west-1:111111111111:x",
        ),
        ({"Fn::Sub": ["${A} ${Size}", {"A": {"Ref": "AWS::StackName"}}]}, "root 3"),
        ({"Fn::Sub": "${!Literal} $$.Execution.Id ${Size}"}, "${Literal} $$.Execution.Id 3"),
        ({"Fn::Sub": ["${A}", {"A": "${!x} ${Size}"}]}, "${!x} ${Size}"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Size"}, 1, True]]}, "a-3-1-true"),
        ({"Fn::Join": ["", ["a", {"Ref": "AWS::NoValue"}, "b"]]}, "ab"),
        ({"Fn::Select": ["1", {"Fn::Split": [":", "a:b:c"]}]}, "b"),
        ({"Fn::Select": [0, {"Ref": "Names"}]}, "first"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "Small"]}, "10"),
        ({"Fn::If": ["Never", "yes", {"Fn::If": ["Always", "inner", "x"]}]}, "inner"),
        ({"Fn::Base64": "text"}, "dGV4dA=="),
        ({"Fn::Select": [1, {"Fn::Cidr": ["10.0.0.0/16", 4, "8"]}]}, "10.0.1.0/24"),
        ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, "eu-west-1a"),
        ({"Fn::ImportValue": {"Fn::Sub": "${AWS::Region}-shared"}}, "imported"),
    ],
)
def test_a_function_gives_its_value(world: Any, written: Any, expected: str) -> None:
    world.exports["eu-west-1-shared"] = "imported"

    outputs = world.outputs(
        Outputs={"It": written},
        Parameters={
            "Size": {"Type": "Number", "Default": 3},
            "Names": {"Type": "CommaDelimitedList", "Default": "first,second"},
        },
        Mappings={"Sizes": {"eu-west-1": {"Small": 10}}},
        Conditions={"Always": YES, "Never": NO},
    )

    assert {"It": expected} == outputs


def test_length_and_json_text_come_with_the_language_extensions(world: Any) -> None:
    written = {"Fn::Sub": ["${N} ${J}", {"N": {"Fn::Length": ["a", "b"]}, "J": {"Fn::ToJsonString": {"a": [1, True]}}}]}

    assert world.outputs(Outputs={"It": written}, Transform="AWS::LanguageExtensions") == {"It": '2 {"a":[1,true]}'}


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ({"Fn::Length": ["a"]}, "Template error: Fn::Length needs Transform AWS::LanguageExtensions"),
        ({"Fn::Upper": "a"}, "Template format error: Unrecognized intrinsic function Fn::Upper"),
        ({"Fn::Sub": "${Names}"}, "Template error: variable Names in Fn::Sub expression does not resolve to a string"),
        (
            {"Fn::Sub": "${x:-y}"},
            "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, "
            "periods, and colons (found ${x:-y})",
        ),
        ({"Fn::Select": [2, ["a"]]}, "Template error: Fn::Select cannot select nonexistent value at index 2"),
        ({"Fn::FindInMap": ["M", "a", "c"]}, "Template error: Unable to get mapping for M::a::c"),
        (
            {"Fn::FindInMap": ["N", "a", "b"]},
            "Template error: Mapping named 'N' is not present in the 'Mappings' section of template.",
        ),
        (
            {"Fn::Cidr": ["10.0.0.0/30", 9, 1]},
            "Template error: Fn::Cidr cannot make 9 blocks of 1 bits from 10.0.0.0/30",
        ),
        (
            {"Fn::Cidr": ["10.0.0.0/8", "many"]},
            "Template error: Fn::Cidr attribute is not valid: invalid literal for int() with base 10: 'many'",
        ),
        ({"Fn::ImportValue": "nothing"}, "No export named nothing found"),
        ({"Ref": "Names"}, "Template error: output It expects text where it was given ['a', 'b']"),
    ],
)
def test_a_function_that_has_no_value_is_refused(world: Any, written: Any, reason: str) -> None:
    failure = world.failure(
        {
            "Parameters": {"Names": {"Type": "CommaDelimitedList", "Default": "a,b"}},
            "Mappings": {"M": {"a": {"b": "x"}}},
            "Resources": {"Handle": HANDLE},
            "Outputs": {"It": {"Value": written}},
        }
    )

    assert f"root: {reason}" == str(failure)


def test_what_is_not_known_to_the_resolver_is_not_simulated(world: Any) -> None:
    with pytest.raises(NotSimulated, match=r"root: Fn::Transform is not simulated"):
        world.outputs(Outputs={"It": {"Fn::Transform": {"Name": "AWS::Include"}}})
    with pytest.raises(NotSimulated, match=r"root: dynamic reference {{resolve:secretsmanager:x}} is not simulated"):
        world.outputs(Outputs={"It": "{{resolve:secretsmanager:x}}"})


def test_a_dynamic_reference_reads_the_parameter_store(world: Any) -> None:
    world.client("ssm").put_parameter(Name="/a", Value="stored", Type="String")

    assert world.outputs(Outputs={"It": "it is {{resolve:ssm:/a}}"}) == {"It": "it is stored"}


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("us-east-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_pseudo_parameters_follow_the_partition(world: Any, region: str, partition: str, suffix: str) -> None:
    output = {"It": {"Value": {"Fn::Sub": "${AWS::Partition} ${AWS::URLSuffix}"}}}

    stack = world.create({"Resources": {"Handle": HANDLE}, "Outputs": output}, region=region)

    assert {"It": f"{partition} {suffix}"} == stack.outputs
    assert stack.id.startswith(f"arn:{partition}:cloudformation:{region}:111111111111:stack/root/")


def test_only_what_its_condition_allows_is_created_and_output(world: Any) -> None:
    stack = world.create(
        {
            "Conditions": {"Wanted": {"Fn::And": [YES, {"Fn::Not": [{"Condition": "Never"}]}]}, "Never": NO},
            "Resources": {
                "A": {**HANDLE, "Condition": "Wanted"},
                "B": {**HANDLE, "Condition": "Never"},
                "C": {**HANDLE, "DependsOn": "B"},
            },
            "Outputs": {
                "A": {"Value": "a", "Condition": "Wanted"},
                "B": {"Value": {"Ref": "B"}, "Condition": "Never"},
            },
        }
    )

    assert {"A", "C"} == set(stack.resources)
    assert stack.outputs == {"A": "a"}


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (
            {"Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Nobody"}}}}},
            "Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template",
        ),
        (
            {"Resources": {"A": HANDLE}, "Outputs": {"B": {"Value": {"Fn::Sub": "${Nobody}"}}}},
            "Template format error: Unresolved resource dependencies [Nobody] in the Outputs block of the template",
        ),
        (
            {"Resources": {"A": {**HANDLE, "DependsOn": "Nobody"}}},
            "Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template "
            "(DependsOn of A)",
        ),
        (
            {"Resources": {"A": HANDLE}, "Outputs": {"B": {"Value": {"Fn::GetAtt": ["Nobody", "Arn"]}}}},
            "Template error: instance of Fn::GetAtt references undefined resource Nobody",
        ),
        (
            {
                "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
                "Outputs": {"B": {"Value": {"Fn::Sub": "${Topic.Ern}"}}},
            },
            "Template error: resource Topic does not support attribute type Ern in Fn::GetAtt",
        ),
        (
            {"Resources": {"A": {**HANDLE, "Condition": "Nothing"}}},
            "Template format error: Unresolved condition dependency Nothing in the Resources block of the template",
        ),
        (
            {"Resources": {"A": HANDLE}, "Outputs": {"B": {"Value": {"Fn::If": ["Nothing", "a", "b"]}}}},
            "Template format error: Unresolved condition dependency Nothing in the Outputs block of the template",
        ),
        (
            {"Resources": {"A": HANDLE}, "Conditions": {"C": {"Fn::Equals": [{"Ref": "A"}, ""]}}},
            "Template format error: Unresolved dependencies [A]. "
            "Cannot reference resources in the Conditions block of the template",
        ),
        (
            {
                "Resources": {"A": HANDLE},
                "Conditions": {"C": {"Condition": "D"}, "D": {"Fn::Not": [{"Condition": "C"}]}},
            },
            "Template error: Found circular condition dependency between [C, D]",
        ),
        (
            {"Resources": {"A": HANDLE}, "Conditions": {"C": {"Fn::Or": [YES]}}},
            "Template error: every Fn::Or object requires a list of 2 to 10 parameters",
        ),
        (
            {"Resources": {"A": {**HANDLE, "DependsOn": ["B"]}, "B": {**HANDLE, "DependsOn": "A"}}},
            "Circular dependency between resources: [A, B]",
        ),
        (
            {"Resources": {"A": {"Type": "AWS::SNS::Topik"}}},
            "Template format error: Unrecognized resource types: [AWS::SNS::Topik]",
        ),
        (
            {"Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::Upper": "a"}}}}},
            "Template format error: Unrecognized intrinsic function Fn::Upper",
        ),
        (
            {
                "Conditions": {"Never": NO},
                "Resources": {"A": {**HANDLE, "Condition": "Never"}},
                "Outputs": {"B": {"Value": {"Ref": "A"}}},
            },
            "Template format error: Unresolved resource dependencies [A] in the Outputs block of the template",
        ),
        (
            {
                "Conditions": {"Never": NO},
                "Resources": {
                    "A": {**HANDLE, "Condition": "Never"},
                    "B": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "A"}}},
                },
            },
            "Template format error: Unresolved resource dependencies [A] in the Resources block of the template",
        ),
    ],
)
def test_a_reference_to_nothing_is_refused_before_anything_is_created(
    world: Any, template: dict[str, Any], reason: str
) -> None:
    template["Resources"]["First"] = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "first"}}

    failure = world.failure(template)

    assert f"root: {reason}" == str(failure)
    assert world.client("logs").describe_log_groups()["logGroups"] == []


def test_a_branch_that_is_not_taken_may_refer_to_what_is_not_created(world: Any) -> None:
    name = {"Fn::If": ["Never", {"Ref": "A"}, "fallback"]}
    stack = world.create(
        {
            "Conditions": {"Never": NO},
            "Resources": {
                "A": {**HANDLE, "Condition": "Never"},
                "B": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}},
            },
        }
    )

    assert stack.resources["B"].physical_id == "arn:aws:sns:eu-west-1:111111111111:fallback"


def test_resources_are_created_after_what_they_refer_to(world: Any) -> None:
    stack = world.create_resources(
        Last={"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::Sub": "${Middle.TopicName}"}}},
        Middle={"Type": "AWS::SNS::Topic", "DependsOn": "First"},
        First=HANDLE,
    )

    assert list(stack.resources) == ["First", "Middle", "Last"]
    assert stack.events[1] == ("First", "AWS::CloudFormation::WaitConditionHandle", "CREATE_COMPLETE", "")


def test_rules_refuse_parameter_values_with_their_text(world: Any) -> None:
    template = {
        "Parameters": {"Kind": {"Type": "String"}, "Size": {"Type": "String", "Default": "1"}},
        "Rules": {
            "BigNeedsSize": {
                "RuleCondition": {"Fn::Equals": [{"Ref": "Kind"}, "big"]},
                "Assertions": [
                    {"Assert": {"Fn::Contains": [["5", "6"], {"Ref": "Size"}]}, "AssertDescription": "5 or 6 please"}
                ],
            }
        },
        "Resources": {"A": HANDLE},
    }

    world.create(template, parameters={"Kind": "small"}, name="small")
    failure = world.failure(template, parameters={"Kind": "big"})

    assert str(failure) == "root: Template error: Rule BigNeedsSize: 5 or 6 please"


def test_exports_are_shared_and_their_names_are_unique(world: Any) -> None:
    template = {
        "Resources": {"A": HANDLE},
        "Outputs": {"X": {"Value": "v", "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-x"}}}},
    }

    world.create(template)
    failure = world.failure(template)

    assert world.exports == {"root-x": "v"}
    assert str(failure) == "root: Export with name root-x is already exported by another stack"
