"""A fake platform on a clock that the test turns; a real mail server, and look-alikes of two messengers."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from aiosmtpd.controller import Controller
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.slack import NotifySlack
from fake_platform import Clock, FakePlatform

from encore.notices.mail import MailServer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world() -> FakePlatform:
    return FakePlatform()


class Inbox:
    """`refuses`: answers instead of taking the message, the first for the next one."""

    def __init__(self) -> None:
        self.mails, self.refuses = [], []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.refuses:
            return self.refuses.pop(0)
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def server(inbox):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield MailServer("127.0.0.1", port, "Encore <encore@school.test>", "none")
    controller.stop()


@pytest.fixture
def chat(monkeypatch):
    """Answers as both do; `taken`: path and body of each message, `status`: of the next answers."""

    class Chat(BaseHTTPRequestHandler):
        taken, status = [], 200

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            type(self).taken.append((self.path, json.loads(body)))
            self.send_response(type(self).status)
            self.end_headers()
            self.wfile.write(b"ok" if "/T1JJ3T3L2/" in self.path else b'{"code": 0, "msg": "success"}')

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Chat)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(NotifySlack, "webhook_url", f"{here}/services")
    monkeypatch.setattr(NotifyFeishu, "notify_url", f"{here}/open-apis/bot/v2/hook/{{token}}/")
    yield Chat
    server.shutdown()
    server.server_close()
