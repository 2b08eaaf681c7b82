import pytest

from asr_templates import cli


def test_an_unknown_verb_is_reported_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["biuld"]) == 2
    assert "did you mean build?" in capsys.readouterr().err


def test_without_a_verb_the_usage_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert "usage: asr VERB" in capsys.readouterr().out


def test_help_lists_each_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(verb in printed for verb in cli.VERBS)


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("asr-templates ")


@pytest.mark.parametrize("verb", cli.VERBS)
def test_each_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([verb, "--help"]) == 0
    assert f"asr {verb}" in capsys.readouterr().out


def test_a_bug_of_ours_ends_with_3_and_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(name: str) -> None:
        raise ZeroDivisionError(name)

    monkeypatch.setattr(cli, "import_module", crash)

    assert cli.main(["check"]) == 3
    assert "ZeroDivisionError" in capsys.readouterr().err
