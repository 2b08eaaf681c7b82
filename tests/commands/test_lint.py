import json
from pathlib import Path

import pytest

from asr_templates import lint as linting
from asr_templates.commands.lint import main

TOPIC = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
MISSPELT = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicNme": "x"}}}}


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a root and a nested template, and a cache of its own."""
    monkeypatch.setattr(linting, "default_cache", lambda: tmp_path / "cache")
    folder = tmp_path / "dist"
    (folder / "templates" / "nested").mkdir(parents=True)
    (folder / "templates" / "a.template").write_text(json.dumps(TOPIC))
    (folder / "templates" / "nested" / "b.template").write_text(json.dumps(TOPIC))
    return folder


def test_sound_templates_end_with_their_number(capsys: pytest.CaptureFixture[str], dist: Path) -> None:
    assert 0 == main([str(dist)])
    assert "2 templates: no problems\n" == capsys.readouterr().out


def test_finding_in_a_nested_template_is_told_with_its_file(capsys: pytest.CaptureFixture[str], dist: Path) -> None:
    (dist / "templates" / "nested" / "b.template").write_text(json.dumps(MISSPELT))

    assert 1 == main([str(dist), "--json"])

    (problem,) = json.loads(capsys.readouterr().out)

    assert "templates/nested/b.template: Resources/Topic/Properties/TopicNme" == problem["place"]
    assert problem["message"].startswith("E3002 ")


def test_folder_without_templates_is_told_how_to_be_built(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code = main([str(tmp_path / "dist")])
    expected = (
        f"{tmp_path / 'dist'}: there are no templates in this folder\n"
        "    hint: build it first: python build.py\n"
        "1 problem found\n"
    )

    assert (1, expected) == (code, capsys.readouterr().err)
