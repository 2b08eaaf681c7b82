"""docs/controls is what `asr docs` writes."""

from pathlib import Path

import pytest

from asr_templates.commands.docs import main
from asr_templates.documentation import aws_page, pages
from asr_templates.loading import load

FOLDER = Path(__file__).parents[1] / "docs" / "controls"


def test_the_pages_in_docs_are_not_stale() -> None:
    expected = pages(load())
    found = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}

    assert sorted(expected) == sorted(found)
    stale = [name for name, text in expected.items() if found[name] != text]
    assert not stale, "write them anew: asr docs"


def test_pages_of_former_controls_are_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "EC2.0.md").write_text("former", "utf-8")

    assert main(["--output", str(tmp_path)]) == 0
    assert not (tmp_path / "EC2.0.md").exists()
    assert (tmp_path / "EC2.2.md").read_text("utf-8").startswith("# EC2.2\n")


def test_a_control_links_to_the_page_of_its_service() -> None:
    expected = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-13"

    assert expected == aws_page("EC2.13")
