"""A total deadline for one HTTP call, enforced on its sockets.

A timeout of a socket counts from one received byte to the next, so a server that sends a byte a second holds a
call for ever; and a call whose process was stopped goes on sending when it wakes. Here a watcher thread shuts the
call's sockets down when its time is up, and no block of the request is handed to a socket after that.
"""

from __future__ import annotations

import os
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

from urllib3.connection import HTTPConnection, HTTPSConnection

SEND_BLOCK = 65_536
"""Bytes between two looks at the clock while sending."""

_LOOK_SECONDS = 1.0
"""A waiting thread's clock stands still while the machine sleeps, so the watcher looks again this often."""

_UNNEEDED_SECONDS = 10.0
"""After which a watcher with nothing to watch ends."""

_KNOWN_FOR = 30.0
"""Seconds for which a name's addresses are used again: the posts of a task all go to the same few names. What big
services announce for theirs is a minute and less."""

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
        self.ends = min(_clock() + seconds, _latest_end.get())
        """By `_clock`."""
        self._over = False
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []

    def left(self) -> float:
        """Seconds left, or DeadlinePassedError."""
        seconds = self.ends - _clock()
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
        _watcher.watch(self)
        return self

    def __exit__(self, *_: object) -> None:
        _watcher.leave(self)
        with self._lock:
            self._over = True
            for sock in self._sockets:
                sock.close()
            self._sockets.clear()

    def shut_down(self) -> None:
        """By the watcher, when time is up."""
        with self._lock:
            if self._over:
                return
            self.passed = True
            for sock in self._sockets:
                try:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the server was quicker


class _Watcher:
    """One thread for all calls of a process, there while it is needed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._watched: set[Deadline] = set()
        self._looks_at = inf
        self._runs = False

    def watch(self, deadline: Deadline) -> None:
        with self._changed:
            self._watched.add(deadline)
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._run, name="encore-deadlines", daemon=True).start()
            elif deadline.ends < self._looks_at:
                self._changed.notify()

    def leave(self, deadline: Deadline) -> None:
        with self._changed:
            self._watched.discard(deadline)

    def _run(self) -> None:
        with self._changed:
            unneeded_since = _clock()
            while self._watched or _clock() - unneeded_since < _UNNEEDED_SECONDS:
                now = _clock()
                if self._watched:
                    unneeded_since = now
                over = [deadline for deadline in self._watched if deadline.ends <= now]
                for deadline in over:
                    self._watched.discard(deadline)
                    deadline.shut_down()
                self._looks_at = min((deadline.ends for deadline in self._watched), default=inf)
                self._looks_at = min(self._looks_at, now + _LOOK_SECONDS)
                self._changed.wait(self._looks_at - now)
            self._runs = False


_watcher = _Watcher()


def _forked() -> None:
    """A child has its parent's memory and none of its threads, one of which may have held a lock."""
    global _watcher
    _watcher = _Watcher()
    _known.clear()


os.register_at_fork(after_in_child=_forked)


_Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[object, ...]]


class NoConnectionError(OSError):
    """No connection came about. A class of its own because urllib3 swallows BrokenPipeError, which the shutting down
    of a connecting socket can raise, and would go on to read an answer."""


_known: dict[tuple[str, int], tuple[float, list[_Address]]] = {}
"""Addresses by name and port, each until when they are used."""


def _addresses(host: str, port: int, deadline: Deadline) -> list[_Address]:
    """`getaddrinfo`, which knows no timeout, waited for no longer than the deadline allows."""
    until, known = _known.get((host, port), (0.0, []))
    if _clock() < until:
        return known
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
    found = list(answer[0])
    _known[host, port] = (_clock() + _KNOWN_FOR, found)
    return found


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
        _known.pop((host, int(self.port)), None)
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


def connection(host: str, port: int, deadline: Deadline, tls: ssl.SSLContext | None) -> HTTPConnection:
    """For one call: guarded by `deadline`, fresh, and never kept; with `tls` by HTTPS, as that context demands.

    A kept connection may have been closed by the server, and a request lost that way looks like one that was
    received and not answered. The price is a handshake per call.
    """
    made: _Connection
    if tls is None:
        made = _Connection(host, port, blocksize=SEND_BLOCK)
    else:
        made = _SecureConnection(host, port, blocksize=SEND_BLOCK, ssl_context=tls)
    made.deadline = deadline
    return made
