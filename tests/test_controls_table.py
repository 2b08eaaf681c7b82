"""The table of controls (tests/data/controls.csv): all that it names is built, permitted and documented."""

import csv
import json
from pathlib import Path

import pytest

from asr_templates.pipeline import Options, Result, build

ROOT = Path(__file__).parents[1]
TABLE = list(csv.DictReader((ROOT / "tests" / "data" / "controls.csv").open(encoding="utf-8")))


@pytest.fixture(scope="module")
def result() -> Result:
    return build(Options())


@pytest.fixture(scope="module")
def supported(result: Result) -> dict[tuple[str, str], dict[str, str]]:
    """What supported-controls.json says of each control of each standard."""
    rows = json.loads(result.files["supported-controls.json"])
    return {(row["standard"], row["control_id"]): row for row in rows}


def resources(result: Result, kind: str) -> set[str]:
    """The names in every template of the resources of a kind, where they are texts or Fn::Sub."""
    found = [json.loads(text).get("Resources", {}).values() for text in result.templates.values()]
    of_kind = [each for resources in found for each in resources if each["Type"] == kind]
    names = [each["Properties"].get("Name") or each["Properties"].get("RoleName") for each in of_kind]
    return {name["Fn::Sub"] if isinstance(name, dict) else name for name in names if name}


def test_every_row_is_supported_and_nothing_else_is(supported: dict[tuple[str, str], dict[str, str]]) -> None:
    expected = {(row["standard"], row["control_id"]): row["security_control_id"] for row in TABLE}

    assert 361 == len(expected)
    assert expected == {key: row["security_control_id"] for key, row in supported.items()}


def test_every_row_has_its_document_in_the_stack_and_in_dist(
    result: Result, supported: dict[tuple[str, str], dict[str, str]]
) -> None:
    deployed = resources(result, "AWS::SSM::Document")
    wanted = {row["control_document"] for row in TABLE} | {row["remediation"] for row in supported.values()}

    assert 295 == len({row["control_document"] for row in TABLE})
    assert wanted <= deployed
    assert wanted == set(result.documents)
    assert {f"documents/{name}.yaml" for name in wanted} <= set(result.files)


def test_every_row_has_a_role(result: Result, supported: dict[tuple[str, str], dict[str, str]]) -> None:
    expected = {f"{row['remediation']}-${{Namespace}}" for row in supported.values()}

    assert 78 == len(expected)
    assert expected <= resources(result, "AWS::IAM::Role")


@pytest.mark.parametrize("page", ["README.md", None], ids=["index", "page of its own"])
def test_every_row_is_on_a_page(page: str | None) -> None:
    folder = ROOT / "docs" / "controls"
    texts = {path.name: path.read_text("utf-8") for path in folder.glob("*.md")}
    name = "control_id" if page else "control_document"
    missing = [row for row in TABLE if row[name] not in texts[page or f"{row['security_control_id']}.md"]]

    assert [] == missing


def test_every_row_is_on_the_launch_page(result: Result) -> None:
    page = result.files["index.html"].decode()
    missing = [row for row in TABLE if row["control_id"] not in page]

    assert [] == missing
