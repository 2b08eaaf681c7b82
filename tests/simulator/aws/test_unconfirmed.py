from importlib.util import find_spec

import pytest

from asr_templates.simulator.aws.unconfirmed import EXPECTATIONS, Expectation


@pytest.mark.parametrize("row", EXPECTATIONS, ids=lambda row: row.module)
def test_each_expectation_names_the_module_that_is_built_on_it(row: Expectation) -> None:
    assert find_spec(f"asr_templates.{row.module}") is not None
    assert row.expected
    assert row.because
