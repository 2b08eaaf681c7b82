import io

import pytest

from asr_templates.commands.report import RED, colored, counted, print_problems
from asr_templates.model import Problem


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_color_is_for_terminals_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)

    assert "x" == colored("x", RED, io.StringIO())
    assert "\033[31mx\033[0m" == colored("x", RED, Terminal())


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    assert "x" == colored("x", RED, Terminal())


def test_problems_go_to_standard_error_with_their_number(capsys: pytest.CaptureFixture[str]) -> None:
    print_problems([Problem("a.yaml", "is wrong", "mend it"), Problem("b.yaml", "is too")], as_json=False)
    output = capsys.readouterr()

    assert "" == output.out
    assert "a.yaml: is wrong\n    hint: mend it\nb.yaml: is too\n2 problems found\n" == output.err


def test_one_is_no_plural() -> None:
    assert ["0 stacks", "1 stack", "2 stacks"] == [counted(number, "stack") for number in range(3)]
