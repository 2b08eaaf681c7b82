import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.simulator.aws.cloudformation.failures import TemplateError
from asr_templates.simulator.aws.cloudformation.template import Template, load_template
from asr_templates.simulator.aws.errors import NotSimulated

HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
TEXTS = st.text("abcdef0123456789-:/ {}#é\n", max_size=20)
VALUES = st.recursive(
    st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def load(**sections: Any) -> Template:
    return load_template({"Resources": {"Handle": HANDLE}, **sections}, "root")


def refusal(**sections: Any) -> str:
    with pytest.raises(TemplateError) as caught:
        load(**sections)
    return str(caught.value)


def test_yaml_short_forms_mean_the_same_as_the_long_ones() -> None:
    text = """
        Resources:
          Topic:
            Type: AWS::SNS::Topic
            Condition: Wanted
            Properties:
              TopicName: !Sub "${A}-${Other.Arn}"
              DisplayName: !GetAtt Other.Outputs.Name
              Tags: !If [Wanted, [!Ref A], !Ref "AWS::NoValue"]
        Conditions:
          Wanted: !Not [!Condition Never]
          Never: !Equals [2012-10-17, a]
    """

    template = load_template(text, "root")

    assert template.resources["Topic"].properties == {
        "TopicName": {"Fn::Sub": "${A}-${Other.Arn}"},
        "DisplayName": {"Fn::GetAtt": ["Other", "Outputs.Name"]},
        "Tags": {"Fn::If": ["Wanted", [{"Ref": "A"}], {"Ref": "AWS::NoValue"}]},
    }
    assert template.conditions == {
        "Wanted": {"Fn::Not": [{"Condition": "Never"}]},
        "Never": {"Fn::Equals": ["2012-10-17", "a"]},
    }


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_properties_survive_loading_from_json(properties: dict[str, Any]) -> None:
    """A template's JSON text means what it says, whatever stands in its properties."""
    resource = {"Type": "AWS::SNS::Topic", "Properties": properties}

    loaded = load_template(json.dumps({"Resources": {"Topic": resource}}), "root")

    assert properties == loaded.resources["Topic"].properties


@pytest.mark.parametrize(
    ("sections", "reason"),
    [
        ({"Resource": {}}, "Template format error: Invalid template property or properties [Resource]"),
        ({"Resources": {}}, "Template format error: At least one Resources member must be defined."),
        (
            {"AWSTemplateFormatVersion": "2012-10-17"},
            "Template format error: 2012-10-17 is not a supported value for AWSTemplateFormatVersion.",
        ),
        (
            {"Description": "x" * 1025},
            "Template format error: Description must be text of at most 1024 bytes",
        ),
        (
            {"Resources": {"My-Handle": HANDLE}},
            "Template format error: Resources name My-Handle is non alphanumeric or too long.",
        ),
        (
            {"Resources": {"A": {"Type": "AWS::SNS::Topic", "Property": {}}}},
            "Invalid template resource property 'Property' in A",
        ),
        (
            {"Resources": {"A": {**HANDLE, "DeletionPolicy": "Keep"}}},
            "Template format error: Unrecognized DeletionPolicy Keep for A: "
            "one of Delete, Retain, RetainExceptOnCreate, Snapshot",
        ),
        (
            {"Resources": {"A": {**HANDLE, "DependsOn": {"Ref": "B"}}}},
            "Template format error: DependsOn of A must be a string or a list of strings.",
        ),
        (
            {"Outputs": {"A": {"Export": {"Name": "x"}}}},
            "Template format error: Output A is malformed: every output needs a Value",
        ),
        (
            {"Outputs": {"A": {"Value": "x", "Export": "y"}}},
            "Template format error: Output A is malformed: Export must have a Name and nothing else",
        ),
        (
            {"Mappings": {"M": {"a": "b"}}},
            "Template format error: Every Mappings member must be a map of maps of values or lists: M::a",
        ),
        (
            {"Resources": {"A": {**HANDLE, "Properties": {"Ref": "x"}}}},
            "Template format error: [/Resources/A/Properties] must be an object of properties",
        ),
    ],
)
def test_a_malformed_outline_is_refused(sections: dict[str, Any], reason: str) -> None:
    assert reason == refusal(**sections)


@pytest.mark.parametrize(("section", "limit"), [("Resources", 500), ("Parameters", 200), ("Outputs", 200)])
def test_a_section_holds_so_many_entries_and_not_one_more(section: str, limit: int) -> None:
    entry = {"Resources": HANDLE, "Parameters": {"Type": "String", "Default": ""}, "Outputs": {"Value": "x"}}[section]
    entries = {f"Entry{number}": entry for number in range(limit)}

    load(**{section: entries})

    assert f"Number of {section.lower()}, {limit + 1}, is greater than maximum allowed, {limit}" in refusal(
        **{section: {**entries, "OneMore": entry}}
    )


def test_null_is_refused_with_its_place() -> None:
    """A state's `"ResultPath": null` cannot be given in a Definition that is an object."""
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"Definition": {"States": [{"a": None}]}}}

    assert (
        refusal(Resources={"Machine": machine})
        == "Template format error: [/Resources/Machine/Properties/Definition/States/0/a] 'null' values are not allowed "
        "in templates"
    )


def test_a_template_of_over_a_megabyte_is_refused() -> None:
    text = refusal(Metadata={"Filling": "x" * 1_000_000})

    assert text.startswith("Template may not exceed 1000000 bytes in size")


def test_text_that_is_not_json_is_refused_with_its_place() -> None:
    with pytest.raises(TemplateError, match=r"JSON not well-formed\. \(line 1, column 15\)"):
        load_template('{"Resources": }', "root")


@pytest.mark.parametrize(
    ("sections", "what"),
    [
        ({"Transform": "AWS::Serverless-2016-10-31"}, "root: Transform AWS::Serverless-2016-10-31 is not simulated"),
        ({"Resources": {"A": {**HANDLE, "CreationPolicy": {}}}}, "root/A: CreationPolicy is not simulated"),
    ],
)
def test_macros_and_creation_policies_are_not_simulated(sections: dict[str, Any], what: str) -> None:
    with pytest.raises(NotSimulated) as caught:
        load(**sections)

    assert what == str(caught.value)
