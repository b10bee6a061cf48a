"""A world to publish into: look-alikes of TikTok, Instagram, xiaohongshu-mcp and an OpenAI-compatible chat endpoint.

`serve` runs it on a port, `running` runs it beside a test, `create_app` is the ASGI application. It enforces what the
wire reference (`platforms.md`, whose sections the rules name in brackets) says, shows a feed of what was "published",
and makes things go wrong on demand. It imports nothing else of `encore`; only the command line imports it.
"""

from .app import create_app
from .server import Running, running, serve

__all__ = ["Running", "create_app", "running", "serve"]
