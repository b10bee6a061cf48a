"""What can go wrong with the local stack, each told in one line with the next step."""

from __future__ import annotations

from encore.errors import EncoreError


class StackError(EncoreError):
    """The local stack cannot do what was asked."""


class PortTakenError(StackError):
    """A port that was asked for by number is in use. Raised before anything is started."""


class StackRunningError(StackError):
    """Another process runs a stack in the same directory."""


class ComponentDiedError(StackError):
    """A component ended although nobody asked it to; its log says why."""


class NotReadyError(StackError):
    """Something did not become ready in time."""
