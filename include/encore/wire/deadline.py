"""A total deadline for one HTTP call, enforced on its sockets.

A timeout of `requests` counts from one received byte to the next, so a server that sends a byte a second holds a
call for ever; and a call whose process was stopped goes on sending when it wakes. Here a watcher thread shuts the
call's sockets down when its time is up, and no block of the request is handed to a socket after that.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from encore.domain.json import Json

SEND_BLOCK = 65_536
"""Bytes between two looks at the clock while sending."""

_LOOK_SECONDS = 1.0
"""A waiting thread's clock stands still while the machine sleeps, so the watcher looks again this often."""

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Counts while the machine sleeps, where the system offers such a clock."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER on, zero seconds: what the kernel still holds unsent is thrown away when the socket closes."""


_latest_end: ContextVar[float] = ContextVar("encore_latest_end", default=inf)


def _clock() -> float:
    return time.clock_gettime(_CLOCK)


@contextmanager
def ending_within(seconds: float) -> Generator[None]:
    """Every call inside ends within `seconds` from here at the latest, whatever it asks for itself.

    So a process that was suspended between its decision to send and the sending does not send when it wakes.
    """
    token = _latest_end.set(min(_latest_end.get(), _clock() + seconds))
    try:
        yield
    finally:
        _latest_end.reset(token)


class DeadlinePassedError(OSError):
    """The call's time is up. Never leaves this package: the wire says whether anything had been sent."""


class Deadline:
    """The time one call has. Use as a context manager around the call; `sent` and `passed` tell about it afterwards."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.sent = False
        """Whether any byte of the request was handed to a socket."""
        self.passed = False
        """Whether the time ran out before the call had ended, so that what was read may be cut."""
        self._ends = min(_clock() + seconds, _latest_end.get())
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []

    def left(self) -> float:
        """Seconds left, or DeadlinePassedError."""
        seconds = self._ends - _clock()
        if self.passed or seconds <= 0:
            raise DeadlinePassedError("the deadline has passed")
        return seconds

    def guard(self, sock: socket.socket) -> None:
        """Shut `sock` down when time is up. Raises DeadlinePassedError, and leaves `sock` to the caller, if it is."""
        # A duplicate shares the connection and not the file descriptor: TLS detaches the original socket, and a
        # descriptor closed by its owner may by then belong to somebody else's connection.
        twin = sock.dup()
        with self._lock:
            self._sockets.append(twin)
        self.left()

    def __enter__(self) -> Deadline:
        threading.Thread(target=self._watch, name="encore-deadline", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with self._lock:
            for sock in self._sockets:
                sock.close()
            self._sockets.clear()

    def _watch(self) -> None:
        while not self._over.wait(min(_LOOK_SECONDS, max(0.0, self._ends - _clock()))):
            if _clock() >= self._ends:
                return self._shut_down()

    def _shut_down(self) -> None:
        with self._lock:
            if self._over.is_set():
                return
            self.passed = True
            for sock in self._sockets:
                try:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the server was quicker


_Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[object, ...]]


class NoConnectionError(OSError):
    """No connection came about. A class of its own because urllib3 swallows BrokenPipeError, which the shutting down
    of a connecting socket can raise, and would go on to read an answer."""


def _addresses(host: str, port: int, deadline: Deadline) -> list[_Address]:
    """`getaddrinfo`, which knows no timeout, waited for no longer than the deadline allows."""
    answer: list[Sequence[_Address] | Exception] = []

    def look_up() -> None:
        try:
            answer.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as err:
            answer.append(err)

    thread = threading.Thread(target=look_up, name="encore-dns", daemon=True)
    thread.start()
    thread.join(deadline.left())
    if not answer:
        raise DeadlinePassedError("the name was not resolved in time")
    if isinstance(answer[0], Exception):
        raise NoConnectionError("the name cannot be resolved")
    return list(answer[0])


class _Connection(HTTPConnection):
    """Connects and sends under `deadline`."""

    deadline: Deadline

    def _new_conn(self) -> socket.socket:
        host = str(self._dns_host).strip("[]")
        found = _addresses(host, int(self.port), self.deadline)
        failure = "the name has no address"
        for position, (family, kind, protocol, _, address) in enumerate(found):
            sock = socket.socket(family, kind, protocol)
            try:
                self.deadline.guard(sock)
                # An address that swallows packets must leave time for the ones after it.
                sock.settimeout(self.deadline.left() / (len(found) - position))
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.connect(address)
                sock.settimeout(self.deadline.left())
                return sock
            except OSError as err:
                sock.close()
                failure = err.strerror or str(err)
        raise NoConnectionError(failure)

    def send(self, data: Any) -> None:
        for block in _blocks(data):
            if self.sock is None:
                self.connect()
            assert self.sock is not None
            # sendall() holds this as a limit for the whole block, also across a SIGSTOP.
            self.sock.settimeout(self.deadline.left())
            self.deadline.sent = True
            self.sock.sendall(block)


def _blocks(data: bytes | bytearray | memoryview) -> Iterator[memoryview]:
    view = memoryview(data).cast("B")
    for start in range(0, len(view), SEND_BLOCK):
        yield view[start : start + SEND_BLOCK]


class _SecureConnection(_Connection, HTTPSConnection):
    pass


class _Pools(PoolManager):
    """Hands the call's deadline to each new connection."""

    def __init__(self, deadline: Deadline, **options: Any) -> None:
        super().__init__(**options)
        self._deadline = deadline

    def _new_pool(self, scheme: str, host: str, port: int, request_context: Json | None = None) -> HTTPConnectionPool:
        pool = super()._new_pool(scheme, host, port, request_context)
        guarded = _SecureConnection if scheme == "https" else _Connection
        pool.ConnectionCls = type(guarded.__name__, (guarded,), {"deadline": self._deadline})
        return pool


class GuardedAdapter(HTTPAdapter):
    """For one call: its connections are guarded by `deadline`, fresh, never retried and never kept.

    A kept connection may have been closed by the server, and a request lost that way looks like one that was
    received and not answered. The price is a handshake per call.
    """

    def __init__(self, deadline: Deadline, tls: ssl.SSLContext | None) -> None:
        self._deadline = deadline
        self._tls = tls
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **_: Any) -> None:
        self.poolmanager = _Pools(
            self._deadline,
            num_pools=connections,
            maxsize=maxsize,
            block=block,
            ssl_context=self._tls,
            blocksize=SEND_BLOCK,
        )

    def cert_verify(self, conn: object, url: str, verify: object, cert: object) -> None:
        """Nothing to do: the TLS context already requires a certificate and holds the authorities."""
