"""The ASGI application: every look-alike under its prefix, the control API, the pages."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from .call import Call, Operation
from .chat import Chat
from .control import Control
from .exchange import Delivery, carry_out
from .facebook import Facebook
from .instagram import Instagram
from .lookalike import Lookalike
from .pages import Pages
from .simulation import Simulation
from .tiktok import TikTok
from .world import LoggedRequest
from .xiaohongshu import Xiaohongshu


class ConnectionDropped(Exception):
    """Raised where the server gives no way to hang up (a test client); under uvicorn the socket is closed."""


class Endpoint:
    """ASGI application for one path of a look-alike: finds the operation, has it carried out, delivers the answer."""

    def __init__(self, simulation: Simulation, platform: Lookalike, operations: tuple[Operation, ...]) -> None:
        self._simulation, self._platform, self._operations = simulation, platform, operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        started = time.monotonic()
        world = self._simulation.world
        received_at = world.now()
        try:
            body = await request.body()
        except ClientDisconnect:
            return  # the caller died while sending: no platform would have seen a whole request
        call = Call(
            world=world,
            platform=self._platform.name,
            method=request.method,
            path=request.url.path,
            path_params=request.path_params,
            query=dict(request.query_params),
            headers=dict(request.headers),
            body=body,
            base_url=f"{request.url.scheme}://{request.url.netloc}",
            received_at=received_at,
            receive=receive,
        )
        world.settle()
        call.account = self._platform.account_of(call)
        operation = self._find(call)
        line = LoggedRequest(call.platform, call.method, call.path, "", call.account, received_at)
        world.requests.append(line)
        delivery = await self._delivery(operation, call, line)
        line.fault = call.fault.kind if call.fault else None
        line.seconds = round(time.monotonic() - started, 3)
        line.status = "dropped" if delivery.answer is None or delivery.cut else delivery.answer.status
        await deliver(delivery, scope, receive, send)

    def _find(self, call: Call) -> Operation | None:
        return next((one for one in self._operations if one.method == call.method and one.when(call)), None)

    async def _delivery(self, operation: Operation | None, call: Call, line: LoggedRequest) -> Delivery:
        if operation is None:
            return Delivery(self._platform.unknown_route(call))
        line.operation = call.operation = operation.name
        call.text = operation.text_of(call)
        delivery = await carry_out(self._platform, operation, call)
        if pause := call.value("answer_delay_seconds"):
            await asyncio.sleep(pause)
        return delivery


async def deliver(delivery: Delivery, scope: Scope, receive: Receive, send: Send) -> None:
    """Sends the answer, or part of it, or hangs up."""
    if delivery.answer is None:
        await hang_up(scope, receive)
        return
    payload = delivery.answer.payload()
    # An empty body is cut by announcing one byte that never comes.
    length = max(len(payload), 1) if delivery.cut else len(payload)
    headers = {"content-type": delivery.answer.content_type, **delivery.answer.headers, "content-length": length}
    raw = [(name.lower().encode("latin-1"), str(value).encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": delivery.answer.status, "headers": raw})
    if delivery.cut:
        await send({"type": "http.response.body", "body": payload[: len(payload) // 2], "more_body": True})
        await hang_up(scope, receive)
        return
    if delivery.seconds_per_byte:
        for position in range(len(payload)):
            await send({"type": "http.response.body", "body": payload[position : position + 1], "more_body": True})
            if await _gone_within(receive, delivery.seconds_per_byte):
                return
        payload = b""
    await send({"type": "http.response.body", "body": payload})


async def hang_up(scope: Scope, receive: Receive) -> None:
    transport = scope.get("state", {}).get("transport")
    if transport is None:
        raise ConnectionDropped
    transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _gone_within(receive: Receive, seconds: float) -> bool:
    try:
        return (await asyncio.wait_for(receive(), timeout=seconds))["type"] == "http.disconnect"
    except TimeoutError:
        return False


def _lookalike_routes(simulation: Simulation, platform: Lookalike) -> list[BaseRoute]:
    by_path: dict[str, list[Operation]] = defaultdict(list)
    for operation in platform.operations:
        by_path[operation.path].append(operation)
    routes: list[BaseRoute] = [
        Route(platform.prefix + path, Endpoint(simulation, platform, tuple(operations)))
        for path, operations in by_path.items()
    ]
    return [*routes, Route(platform.prefix + "{rest:path}", Endpoint(simulation, platform, ()))]


def create_app(settings: Mapping[str, Any] | None = None) -> ASGIApp:
    """The application; `settings` are switch values to start (and to reset) with."""
    lookalikes: tuple[Lookalike, ...] = (TikTok(), Instagram(), Facebook(), Xiaohongshu(), Chat())
    simulation = Simulation(lookalikes, settings)
    routes = [*Control(simulation).routes(), *Pages(simulation).routes()]
    for platform in lookalikes:
        routes += _lookalike_routes(simulation, platform)
    return Router(routes, redirect_slashes=False)
