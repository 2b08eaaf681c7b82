import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from asr_templates import lint as linting
from asr_templates.lint import Finding, cache_key, default_cache, lint, read_cache, shared, write_cache

TOPIC = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
MISSPELT = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueNme": "x"}}}})
UNUSED = json.dumps({"Parameters": {"Unused": {"Type": "String"}}, **json.loads(TOPIC)})


def test_errors_and_warnings_are_told_with_the_place_in_the_template(tmp_path: Path) -> None:
    found = lint({"sound": TOPIC, "misspelt": MISSPELT, "unused": UNUSED, "broken": "{"}, tmp_path)
    expected = ["broken: line 2", "misspelt: Resources/Queue/Properties/QueueNme", "unused: Parameters/Unused"]

    assert expected == [problem.place for problem in found]
    assert ["E0000", "E3002", "W2001"] == [problem.message.split()[0] for problem in found]


def test_unchanged_template_is_not_linted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = lint({"a": MISSPELT}, tmp_path)
    linted: list[str] = []

    def lint_anew(templates: Mapping[str, str]) -> dict[str, list[Finding]]:
        linted.extend(templates)
        return {}

    monkeypatch.setattr(linting, "lint_anew", lint_anew)
    again = lint({"renamed": MISSPELT}, tmp_path)

    assert not linted
    assert [problem.message for problem in first] == [problem.message for problem in again]


def test_options_and_version_of_cfn_lint_are_part_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache_key(TOPIC)
    monkeypatch.setattr(linting, "REGIONS", ("eu-west-1",))
    other_regions = cache_key(TOPIC)
    monkeypatch.setattr("asr_templates.lint.metadata.version", lambda package: "0")

    assert 3 == len({before, other_regions, cache_key(TOPIC)})


def test_broken_cache_file_is_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text('[["Resources"')

    assert read_cache(file) is None

    write_cache(file, [Finding("Resources", "E1 x", "")])

    assert [Finding("Resources", "E1 x", "")] == read_cache(file)
    assert [file] == list(tmp_path.iterdir())


def test_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")

    write_cache(blocked / "x.json", [])

    assert read_cache(blocked / "x.json") is None


def test_failure_of_cfn_lint_is_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asr_templates.lint.sys.executable", "/bin/false")

    with pytest.raises(RuntimeError, match="cfn-lint failed"):
        lint({"a": TOPIC}, tmp_path)


def test_work_is_shared_by_size() -> None:
    shares = shared({"long": "x" * 10, "a": "xxxx", "b": "xxxxx", "c": "x"}, 2)

    assert [{"long"}, {"a", "b", "c"}] == [set(share) for share in shares]


def test_cache_lies_in_the_tree_that_is_ignored_by_git() -> None:
    folder = default_cache()

    assert (".cache", "asr-lint") == folder.parts[-2:]


def test_cache_of_an_installed_package_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("asr_templates.lint.os.access", lambda path, mode: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert tmp_path / "asr-lint" == default_cache()
