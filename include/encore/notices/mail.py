"""A letter by mail. By the standard library and not by Apprise, which names each mail anew: one that is sent again must
keep its Message-ID, by which mail programs show it once."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr

from encore.errors import ConfigurationError, EncoreError
from encore.notices.letters import Letter

MAIL = "mail"
"""The service of an address that is one of mail; any other is a messenger's."""

SECONDS = 30.0
"""For each answer of the mail server."""

SECURITIES = ("starttls", "tls", "none")


class _SpacesKept(EmailPolicy):
    """A subject that is not ASCII is folded as `email.header` does it. The policy's own way loses a space here and
    there in Python before 3.12.4: https://github.com/python/cpython/issues/92081"""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name != "Subject" or value.isascii():
            return super().fold_binary(name, value)
        folded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {folded}{self.linesep}".encode("ascii")


_SUBJECTS_KEPT = _SpacesKept(message_factory=EmailMessage)


class NotSentError(EncoreError):
    """A service has not taken a message; to be tried again unless `final`."""

    def __init__(self, said: str, /, *, final: bool = False, **values: object) -> None:
        super().__init__(said, **values)
        self.final = final


@dataclass(frozen=True)
class MailServer:
    """`sender`: an address, with a name before it or without."""

    host: str
    port: int
    sender: str
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.security not in SECURITIES:
            raise ConfigurationError("notice.mail_security", security=self.security, known=list(SECURITIES))
        if not address_of(self.sender):
            raise ConfigurationError("notice.mail_sender", sender=self.sender)

    def send(self, to: str, letter: Letter, message_id: str, made_at: datetime) -> None:
        """Raises `NotSentError`."""
        try:
            with self._connected() as server:
                server.send_message(self._message(to, letter, message_id, made_at))
        except smtplib.SMTPRecipientsRefused as err:
            code, _ = next(iter(err.recipients.values()))
            raise NotSentError("notice.address_refused", final=code >= 500, code=code) from None
        except smtplib.SMTPResponseException as err:
            raise NotSentError("notice.mail_refused", code=err.smtp_code) from None
        except (smtplib.SMTPException, OSError) as err:
            raise NotSentError("notice.mail_unreached", reason=type(err).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        try:
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, to: str, letter: Letter, message_id: str, made_at: datetime) -> EmailMessage:
        message = EmailMessage(_SUBJECTS_KEPT)
        message["Subject"] = letter.subject.replace("\n", " ")
        message["From"] = self.sender
        message["To"] = Address(addr_spec=to)
        message["Date"] = format_datetime(made_at)
        message["Message-ID"] = f"<{message_id}@{address_of(self.sender).rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's out-of-office answers it
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        message["Content-Language"] = letter.language  # setting the content drops what was said of another
        return message


def address_of(text: str) -> str:
    """The bare address in `Name <address>`, or in what somebody has typed; "" where that is none."""
    address = "" if "\n" in text or "\r" in text else parseaddr(text)[1]
    local, at, domain = address.rpartition("@")
    try:
        return Address(addr_spec=address).addr_spec if local and at and domain else ""
    except (ValueError, IndexError, UnicodeError):
        return ""
