"""Which ports a stack takes."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from encore_airflow.stack import ports
from encore_airflow.stack.errors import PortTakenError


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((ports.HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_port_asked_for_and_taken_is_named(taken: int) -> None:
    with pytest.raises(PortTakenError, match=f"Port {taken} cannot be used"):
        ports.reserve(taken, 8080)


def test_a_usual_port_that_is_taken_is_avoided(taken: int) -> None:
    port = ports.reserve(None, taken)
    port.release()
    assert port.number > taken


def test_two_stacks_starting_together_take_different_ports(taken: int) -> None:
    first, second = ports.reserve(None, taken), ports.reserve(None, taken)
    try:
        assert first.number != second.number
    finally:
        first.release()
        second.release()


def test_a_released_port_can_be_listened_on(taken: int) -> None:
    port = ports.reserve(None, taken)
    port.release()
    with socket.create_server((ports.HOST, port.number)):
        assert ports.answers(port.number)
    assert not ports.answers(port.number)
