"""Which TCP ports the local stack listens on."""

from __future__ import annotations

import socket

import psutil

from encore_airflow.stack.errors import PortTakenError

HOST = "127.0.0.1"
API_PORT = 8080
SIMULATOR_PORT = 8090
_NEXT_PORTS = 200


class ReservedPort:
    """A port held until its server starts, so that two stacks starting together choose different ones."""

    def __init__(self, port: int) -> None:
        self.number = port
        # A listening socket is what refuses a second one; SO_REUSEADDR lets closed connections of a
        # stack that has just ended linger without blocking its port.
        self._held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._held.bind((HOST, port))
            self._held.listen(1)
        except OSError:
            self._held.close()
            raise

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.number}"

    def release(self) -> None:
        self._held.close()


def reserve(asked: int | None, default: int) -> ReservedPort:
    """The port asked for, else the default, else the next free one above it.

    Raises `PortTakenError` when a port was asked for by number and is in use.
    """
    if asked is not None:
        try:
            return ReservedPort(asked)
        except OSError as err:
            raise PortTakenError("stack.port_taken", port=asked, reason=_taken_by(asked) or err.strerror) from err
    for port in range(default, default + _NEXT_PORTS):
        try:
            return ReservedPort(port)
        except OSError:
            continue
    raise PortTakenError("stack.no_port", first=default, last=default + _NEXT_PORTS - 1)


def _taken_by(port: int) -> str:
    """`in use by nginx, process 812`, as far as this user may know."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f"in use by {psutil.Process(connection.pid).name()}, process {connection.pid}"
    except psutil.Error:
        pass
    return ""


def answers(port: int) -> bool:
    """Whether something on this machine accepts connections there."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False
