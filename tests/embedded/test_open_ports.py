"""Ports that stay open to the world, as ranges."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from asr_templates.embedded.open_ports import LAST_PORT, all_but, merged

PORTS = st.lists(st.integers(0, LAST_PORT), unique=True, max_size=8).map(sorted)


@given(PORTS)
def test_all_but_some_ports_are_the_others_in_order(ports: list[int]) -> None:
    ranges = all_but(ports)

    assert merged([*ranges, *([port, port] for port in ports)]) == [[0, LAST_PORT]]
    assert not [port for port in ports for first, last in ranges if first <= port <= last]
    assert all(first <= last for first, last in ranges)


def test_ports_at_the_ends_leave_no_empty_range() -> None:
    assert [[1, LAST_PORT - 1]] == all_but([0, LAST_PORT])
