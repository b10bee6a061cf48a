"""The wire against servers that misbehave, over real sockets: nothing holds a call past its deadline, every end is
either an answer, "not sent" or "no answer", and nothing secret is told."""

from __future__ import annotations

import contextlib
import gzip
import ipaddress
import logging
import os
import signal
import socket
import ssl
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from encore.platforms.tiktok.upload import FilePart
from encore.wire import deadline
from encore.wire.call import MalformedReplyError, NoAnswerError, NotSentError, Reply, Wire, WireError
from encore.wire.deadline import ending_within

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}'
TOKEN = "plain-secret-0815-value"

Behaviour = Callable[[socket.socket], None]


class Server:
    """Accepts connections and lets `behave` do with each what it likes. `received` is all that arrived."""

    def __init__(self, behave: Behaviour, *, reads: bool = True) -> None:
        self.behave, self.reads = behave, reads
        self.received = b""
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            if self.reads:
                connection.settimeout(0.1)
                with contextlib.suppress(TimeoutError):
                    while b"\r\n\r\n" not in self.received:
                        self.received += connection.recv(65_536)
                connection.settimeout(None)
            self.behave(connection)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(behave: Behaviour | bytes, **options: bool) -> Server:
        answer = behave if callable(behave) else lambda connection: connection.sendall(behave)
        servers.append(Server(answer, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.listener.close()


@pytest.fixture
def call(planted):
    """A call with a secret in its header, its query and its body."""
    planted.append(TOKEN)

    def make(url: str, seconds: float = 2.0, method: str = "POST", **request) -> Reply:
        request.setdefault("headers", {"Authorization": f"Bearer {TOKEN}"})
        request.setdefault("params", {"access_token": TOKEN})
        if method == "POST" and not {"body", "form", "json"} & set(request):
            request["json"] = {"secret": TOKEN}
        try:
            return Wire().call(method, f"{url}/v2/thing/", seconds=seconds, **request)
        except WireError as err:
            told = f"{err!r} {err.__cause__!r} {err.__context__!r}"
            assert TOKEN not in told and "access_token" not in told
            logging.getLogger("encore.test").info("failed", exc_info=err)
            raise

    return make


@contextlib.contextmanager
def no_longer_than(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


def drip(content: bytes, pause: float = 0.05) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        for position in range(len(content)):
            connection.sendall(content[position : position + 1])
            time.sleep(pause)

    return behave


def test_an_answer(serve, call):
    server = serve(OK)
    reply = call(server.url)
    assert (reply.status, reply.json(), reply.header("CONTENT-type")) == (200, {"a": 1}, "application/json")
    assert TOKEN not in repr(reply)
    assert b"Connection: close" in server.received and b"Cookie" not in server.received


def test_any_status_is_an_answer(serve, call):
    for status in (204, 302, 400, 401, 404, 429, 500, 503):
        server = serve(b"HTTP/1.1 %d X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n" % status)
        assert call(server.url).status == status
        assert server.connections == 1


def test_forms_and_bodies(serve, call, tmp_path):
    server = serve(OK)
    call(server.url, form={"grant_type": "refresh_token", "code": "a b&c"})
    assert b"application/x-www-form-urlencoded" in server.received
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    server = serve(OK)
    with FilePart(str(path), 2, 5) as part:
        call(server.url, method="PUT", body=part)
    assert b"Content-Length: 4\r\n" in server.received
    assert b"Transfer-Encoding" not in server.received


# --- not sent, no answer ---------------------------------------------------------------------------------------------


def test_refused_is_not_sent(call):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotSentError, match="connection refused"):
        call(f"http://127.0.0.1:{port}")


@pytest.mark.parametrize("url", ["", "nonsense", "http://", "ftp://127.0.0.1", "http://[bad", "http://a b/"])
def test_an_address_that_is_none_is_not_sent(url, call):
    with pytest.raises(NotSentError):
        call(url)


def test_a_header_that_cannot_be_sent_is_not_told(call):
    with pytest.raises(NotSentError):
        call("http://127.0.0.1:9", headers={"Authorization": f"Bearer {TOKEN}\n"})


def test_a_name_that_is_not_resolved_in_time_is_not_sent(call, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(3))
    with no_longer_than(1), pytest.raises(NotSentError):
        call("http://name.invalid", seconds=0.2)


def test_a_name_that_does_not_exist_is_not_sent(call, monkeypatch):
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotSentError, match="cannot be resolved"):
        call("http://name.invalid")


def test_a_connect_that_takes_too_long_is_not_sent(call):
    """A listener with a full queue swallows the handshake."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, contextlib.ExitStack() as held:
        for _ in range(3):
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        with no_longer_than(1), pytest.raises(NotSentError):
            call(f"http://127.0.0.1:{listener.getsockname()[1]}", seconds=0.3)


def test_a_second_address_is_tried_when_the_first_is_dead(serve, call, monkeypatch):
    server = serve(OK)
    port = server.listener.getsockname()[1]
    dead = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1))
    good = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [dead, good])
    assert call(f"http://two.invalid:{port}").status == 200


def test_a_tls_handshake_that_never_ends_is_not_sent(serve, call):
    server = serve(lambda connection: time.sleep(3), reads=False)
    with no_longer_than(1), pytest.raises(NotSentError):
        call(server.url.replace("http:", "https:"), seconds=0.3)


def test_a_certificate_nobody_vouches_for_is_not_sent(call, serve):
    server = serve(b"\x15\x03\x01\x00\x02\x02\x28", reads=False)  # a TLS alert: the handshake failed
    with pytest.raises(NotSentError):
        call(server.url.replace("http:", "https:"))


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory) -> tuple[ssl.SSLContext, str]:
    """A server's TLS context, and the certificate to trust it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_text(pem + key.private_bytes(*form).decode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, pem


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("pause", [0, 0.05], ids=["quick", "one byte at a time"])
def test_over_tls(trusted, pause, serve, tls_server):
    context, pem = tls_server

    def behave(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65_536)
            drip(OK, pause)(secure)  # type: ignore[arg-type]

    wire = Wire()
    if trusted:
        wire._tls.load_verify_locations(cadata=pem)
    url = serve(behave, reads=False).url.replace("http:", "https:")
    with no_longer_than(1.5):
        if not trusted:
            with pytest.raises(NotSentError, match="certificate"):
                wire.call("GET", url, seconds=1)
        elif pause:
            with pytest.raises(NoAnswerError, match="no answer within 1 s"):
                wire.call("GET", url, seconds=1)
        else:
            assert wire.call("GET", url, seconds=1).json() == {"a": 1}


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


@pytest.mark.parametrize(
    "behave",
    [
        lambda connection: None,
        _reset,
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{\"a\":1}\r\n",
        b"HTTP/1.1 20",
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Length: 9\r\n\r\n{\"a\":1}",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\n{\"a\":1}",
    ],
    ids=["closed", "reset", "cut body", "cut chunks", "bad chunks", "cut status", "no http", "two lengths",
         "many headers", "huge header", "no gzip"],
)  # fmt: skip
def test_what_is_no_complete_answer_is_no_answer(behave, serve, call):
    with no_longer_than(2), pytest.raises(NoAnswerError):
        call(serve(behave).url)


# --- the deadline ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "behave",
    [
        lambda connection: time.sleep(3),
        drip(OK),
        drip(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 1000),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, 0.001),
    ],
    ids=["silence", "one byte at a time", "no length, one byte at a time", "continue for ever"],
)
def test_no_server_holds_a_call_past_its_deadline(behave, serve, call):
    server = serve(behave)
    with no_longer_than(1), pytest.raises(NoAnswerError, match=r"no answer within 0.3 s"):
        call(server.url, seconds=0.3)


def test_a_server_that_does_not_read_cannot_hold_a_call(serve, call):
    server = serve(lambda connection: time.sleep(3), reads=False)
    with no_longer_than(1), pytest.raises(NoAnswerError):
        call(server.url, seconds=0.3, body=b"x" * 50_000_000)


def test_no_time_at_all_is_not_sent(serve, call):
    server = serve(OK)
    with pytest.raises(NotSentError):
        call(server.url, seconds=0)
    assert server.connections == 0


def test_nothing_is_sent_after_the_deadline(serve, call):
    """A body that comes slowly: what is read from it after the deadline never reaches the server."""
    arrived: list[tuple[float, int]] = []

    def count(connection: socket.socket) -> None:
        while block := connection.recv(65_536):
            arrived.append((time.monotonic(), len(block)))

    class Slow:
        def __len__(self) -> int:
            return 100

        def __iter__(self):
            return self

        def read(self, size: int = -1) -> bytes:
            time.sleep(0.1)
            return b"x"

    server, started = serve(count, reads=False), time.monotonic()
    with pytest.raises(NoAnswerError):
        call(server.url, seconds=0.35, body=Slow())
    time.sleep(0.3)
    assert arrived and max(at for at, _ in arrived) - started < 0.5


def test_a_process_that_was_stopped_sends_nothing_when_it_wakes():
    """SIGSTOP in the middle of sending, SIGCONT after the deadline."""
    script = textwrap.dedent(
        """
        import sys, time
        from encore.wire.call import Wire, WireError
        class Slow:
            def __len__(self): return 40
            def __iter__(self): return self
            def read(self, size=-1):
                time.sleep(0.05)
                print("read", flush=True)
                return b"x"
        try:
            Wire().call("PUT", sys.argv[1], seconds=1.2, body=Slow())
        except WireError as err:
            print(type(err).__name__, flush=True)
        """
    )
    arrived: list[float] = []

    def count(connection: socket.socket) -> None:
        while connection.recv(65_536):
            arrived.append(time.monotonic())

    server = Server(count, reads=False)
    child = subprocess.Popen(
        [sys.executable, "-c", script, server.url],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    try:
        for _ in range(3):
            assert child.stdout.readline() == "read\n"
        child.send_signal(signal.SIGSTOP)
        time.sleep(1.3)
        woken_at = time.monotonic()
        child.send_signal(signal.SIGCONT)
        output, _ = child.communicate(timeout=5)
    finally:
        child.kill()
        server.listener.close()
    assert output.splitlines()[-1] == "NoAnswerError"
    assert arrived and [at for at in arrived if at > woken_at] == []


def test_a_call_leaves_no_thread_and_no_socket_behind(serve, call):
    server = serve(OK)
    call(server.url)
    time.sleep(0.05)
    before = (threading.active_count(), len(os.listdir("/dev/fd")))
    for _ in range(20):
        call(server.url)
    time.sleep(0.2)
    after = (threading.active_count(), len(os.listdir("/dev/fd")))
    assert after[0] <= before[0] + 1 and after[1] <= before[1] + 2


# --- what is in the answer -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [b"Content-Length: 50000000\r\n", b""], ids=["announced", "not announced"])
def test_a_huge_body_is_cut_off(length, serve, call):
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n")
        for _ in range(800):
            connection.sendall(b" " * 65_536)

    with no_longer_than(2), pytest.raises(NoAnswerError, match="too large"):
        call(serve(flood).url)


def test_a_body_that_unpacks_to_a_huge_one_is_cut_off(serve, call):
    packed = gzip.compress(b" " * 50_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    with no_longer_than(2), pytest.raises(NoAnswerError, match="too large"):
        call(serve(head + packed).url)


def test_the_second_of_two_answers_is_ignored(serve, call):
    assert call(serve(OK + OK.replace(b"1}", b"2}")).url).json() == {"a": 1}


def test_the_content_type_is_not_believed(serve, call):
    assert call(serve(OK.replace(b"application/json", b"text/html")).url).json() == {"a": 1}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a": 1} {"a": 2}',
        "<html>Bad gateway</html>",
        "null",
        "17",
        '"ok"',
        "NaN",
        '{"a": NaN}',
        "[" * 100_000,
    ],
    ids=range(10),
)
def test_what_is_no_json_object_or_array_is_malformed(text):
    with pytest.raises(MalformedReplyError) as caught:
        Reply(200, {"Content-Type": "text/html; charset=x"}, text).json()
    assert "HTTP 200" in str(caught.value) and "text/html" in str(caught.value)
    assert caught.value.__context__ is None and caught.value.__cause__ is None


def test_large_numbers_and_other_encodings_survive(serve, call):
    body = '\ufeff{"id": 7400000000188972369, "t": "音乐"}'.encode()
    reply = call(serve(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body).url)
    assert reply.json() == {"id": 7400000000188972369, "t": "音乐"}
    broken = call(serve(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\xff\xfe{").url)
    with pytest.raises(MalformedReplyError):
        broken.json()


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("30", timedelta(seconds=30)),
        ("0", timedelta(0)),
        ("1.5", timedelta(seconds=1.5)),
        ("99999999999999999999", timedelta(days=2)),
        ("Tue, 01 Sep 2026 12:01:00 GMT", timedelta(seconds=60)),
        ("Tue, 01 Sep 2026 11:00:00 GMT", timedelta(0)),
        ("Tue, 01 Sep 2026 12:01:00 -0000", timedelta(seconds=60)),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
    ],
)
def test_retry_after(value, wait):
    assert Reply(429, {"retry-after": value}, "").retry_after(NOW) == wait


@given(st.text(max_size=40))
def test_any_retry_after_is_read_without_an_error(value):
    wait = Reply(429, {"Retry-After": value}, "").retry_after(NOW)
    assert wait is None or timedelta(0) <= wait <= timedelta(days=2)


# --- no surprises ----------------------------------------------------------------------------------------------------


def test_the_environment_changes_nothing(serve, call, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    (tmp_path / ".netrc").chmod(0o600)
    for name, value in {
        "HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1",
        "HOME": str(tmp_path), "REQUESTS_CA_BUNDLE": "/nowhere", "CURL_CA_BUNDLE": "/nowhere",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    server = serve(OK)
    call(server.url, headers={})
    assert b"Authorization" not in server.received


def test_redirects_are_not_followed(serve, call):
    target = serve(OK)
    server = serve(b"HTTP/1.1 302 X\r\nLocation: %s/\r\nContent-Length: 0\r\n\r\n" % target.url.encode())
    assert call(server.url).status == 302
    assert target.connections == 0


def test_cookies_are_not_kept(serve, call):
    server = serve(OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=b\r\n\r\n"))
    wire = Wire()
    for _ in range(2):
        wire.call("GET", server.url, seconds=2)
    assert b"Cookie" not in server.received


def test_no_log_shows_a_query(serve, call, caplog):
    caplog.set_level(logging.DEBUG)
    call(serve(OK).url, method="GET")
    assert TOKEN not in caplog.text and "v2/thing" not in caplog.text


def test_an_answer_to_a_request_that_was_not_read_to_its_end_is_one(serve, call):
    server = serve(b'HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 7\r\n\r\n{"a":1}')
    for _ in range(5):  # whether the end of the connection or its answer comes first is the system's to say
        with contextlib.suppress(NoAnswerError):
            assert call(server.url, body=b"x" * 5_000_000, seconds=5).status == 413
            break
    else:
        pytest.fail("the answer was never read")


def test_a_server_that_hangs_up_in_the_handshake_is_sent_nothing(serve, call):
    """What it may have said before was said by nobody that is known."""
    server = serve(lambda link: (link.sendall(OK), _reset(link)), reads=False)
    with pytest.raises(NotSentError):
        call(server.url.replace("http:", "https:"))


def test_an_address_may_hold_a_query_and_a_login(serve, call):
    server = serve(OK)
    url = server.url.replace("http://", "http://anna:a%20b@") + "/mcp?x=1&y=a%20b#end"
    assert Wire().call("GET", url, seconds=2, params={"z": "ä", "none": None, "many": [1, 2]}).status == 200
    assert server.received.startswith(b"GET /mcp?x=1&y=a%20b&z=%C3%A4&many=1&many=2 HTTP/1.1\r\n")
    assert b"Authorization: Basic YW5uYTphIGI=\r\n" in server.received or (
        b"authorization: Basic YW5uYTphIGI=\r\n" in server.received
    )


def test_a_name_is_asked_for_again_after_half_a_minute_or_when_nobody_answers_there(serve, call, monkeypatch):
    server, asked = serve(OK), []
    port = server.listener.getsockname()[1]

    def look_up(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port if "often" in host else 1))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    for _ in range(3):
        call(f"http://often.invalid:{port}")
    assert asked == ["often.invalid"]
    with monkeypatch.context() as later:
        now = deadline._clock()
        later.setattr(deadline, "_clock", lambda: now + 31)
        call(f"http://often.invalid:{port}")
    assert asked == ["often.invalid"] * 2
    for _ in range(2):
        with pytest.raises(NotSentError):
            call("http://dead.invalid:81")
    assert asked[2:] == ["dead.invalid"] * 2


def test_one_thread_watches_all_calls_and_a_forked_process_has_its_own(serve, call):
    slow = serve(lambda connection: time.sleep(3))
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(_ends, call, slow.url) for _ in range(8)]
        time.sleep(0.1)
        assert sum(thread.name == "encore-deadlines" for thread in threading.enumerate()) == 1
        for each in calls:
            each.result()
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            _ends(call, slow.url)
            os._exit(0)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _ends(call, url: str) -> None:
    with no_longer_than(2), pytest.raises(NoAnswerError, match=r"no answer within 0.4 s"):
        call(url, seconds=0.4)


def test_a_call_that_begins_after_the_decision_to_send_has_lapsed_sends_nothing(serve, call):
    server = serve(OK)
    with ending_within(0.05):
        time.sleep(0.1)
        with pytest.raises(NotSentError):
            call(server.url)
    assert server.received == b""
    assert call(server.url).status == 200
