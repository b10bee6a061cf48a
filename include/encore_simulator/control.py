"""The control API under `/_sim`: switches, faults, scripted chat answers, the witness, the request log."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from .faults import KINDS, FaultError
from .instagram.callbacks import signed_request
from .instagram.grants import app_scoped_id
from .simulation import Simulation
from .switches import SwitchError

ControlMethod = Callable[[Request, Any], Awaitable[Response]]


class ControlError(ValueError):
    """The control API was asked for something it does not know; answered 422 with this text."""


async def read_object(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise ControlError("the body is not JSON") from None
    if not isinstance(body, dict):
        raise ControlError("the body is not a JSON object")
    return body


class Control:
    """One method for each route; the page `/switches` shows their docstrings."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def _by_path(self) -> dict[str, dict[str, ControlMethod]]:
        return {
            "/_sim/feed": {"GET": self.feed},
            "/_sim/switches": {"GET": self.switches, "PUT": self.change_switches},
            "/_sim/faults": {"GET": self.faults, "POST": self.add_fault, "DELETE": self.heal},
            "/_sim/faults/{fault_id:int}": {"DELETE": self.heal_one},
            "/_sim/operations": {"GET": self.operations},
            "/_sim/answers": {"GET": self.answers, "POST": self.script_answer, "DELETE": self.drop_answers},
            "/_sim/state": {"GET": self.state},
            "/_sim/requests": {"GET": self.requests},
            "/_sim/instagram/signed_request": {"POST": self.sign_request},
            "/_sim/reset": {"POST": self.reset},
        }

    def routes(self) -> list[BaseRoute]:
        return [self._route(path, by_method) for path, by_method in self._by_path().items()]

    def described(self) -> list[tuple[str, str, str]]:
        """Method, path and what it does, for the page."""
        return [
            (method, path.replace(":int", ""), serve.__doc__ or "")
            for path, by_method in self._by_path().items()
            for method, serve in by_method.items()
        ]

    def _route(self, path: str, by_method: dict[str, ControlMethod]) -> Route:
        async def endpoint(request: Request) -> Response:
            world = self._simulation.world
            world.settle()
            try:
                return await by_method[request.method](request, world)
            except (ControlError, SwitchError, FaultError) as err:
                return JSONResponse({"error": str(err)}, 422)

        return Route(path, endpoint, methods=list(by_method))

    async def feed(self, request: Request, world: Any) -> Response:
        """Every post that was published, in order, one entry for each time; filter with platform= and account=."""
        base_url = public_base(request, world)
        found = _asked_for(request, world.feed.posts, "platform", "account")
        return JSONResponse([post.as_json(base_url) for post in found])

    async def switches(self, request: Request, world: Any) -> Response:
        """All switches with value, default, description and the accounts that differ."""
        return JSONResponse(world.switches.as_json())

    async def change_switches(self, request: Request, world: Any) -> Response:
        """Sets switches: {"name": value}; null gives back the default; with ?account= for one account only."""
        world.switches.change(await read_object(request), request.query_params.get("account", ""))
        return JSONResponse(world.switches.as_json())

    async def faults(self, request: Request, world: Any) -> Response:
        """The faults in force."""
        return JSONResponse(world.faults.as_json())

    async def add_fault(self, request: Request, world: Any) -> Response:
        """Adds a fault: {platform, account?, operation, contains?, fault, times?, args?}; times 0 is for ever."""
        return JSONResponse(world.faults.add(await read_object(request)).as_json(), 201)

    async def heal(self, request: Request, world: Any) -> Response:
        """Removes all faults."""
        return JSONResponse({"removed": world.faults.remove()})

    async def heal_one(self, request: Request, world: Any) -> Response:
        """Removes one fault."""
        removed = world.faults.remove(request.path_params["fault_id"])
        return JSONResponse({"removed": removed}, 200 if removed else 404)

    async def operations(self, request: Request, world: Any) -> Response:
        """Every operation that a fault can name, with the faults that fit."""
        listed = [
            {
                "platform": platform.name,
                "operation": operation.name,
                "method": operation.method,
                "path": platform.prefix + operation.path,
                "summary": operation.summary,
                "faults": [kind.name for kind in KINDS.values() if platform.name in kind.platforms],
            }
            for platform in self._simulation.lookalikes
            for operation in platform.operations
        ]
        return JSONResponse(listed)

    async def answers(self, request: Request, world: Any) -> Response:
        """The scripted chat answers that are still to come."""
        return JSONResponse(list(world.parts["openai"].scripted))

    async def script_answer(self, request: Request, world: Any) -> Response:
        """Queues a chat answer: {"content": text or JSON, "times": 1}."""
        asked = await read_object(request)
        if "content" not in asked:
            raise ControlError('give {"content": <text or JSON>, "times": 1}')
        world.parts["openai"].scripted.extend([asked["content"]] * int(asked.get("times", 1)))
        return JSONResponse(list(world.parts["openai"].scripted), 201)

    async def drop_answers(self, request: Request, world: Any) -> Response:
        """Drops the scripted chat answers."""
        world.parts["openai"].scripted.clear()
        return JSONResponse([])

    async def state(self, request: Request, world: Any) -> Response:
        """Containers, publish_ids, overlapping Xiaohongshu calls, and so on."""
        parts = {name: part.as_json(world.now()) for name, part in world.parts.items()}
        return JSONResponse({**parts, "overlaps": parts["xiaohongshu"]["overlaps"]})

    async def requests(self, request: Request, world: Any) -> Response:
        """Every request to a look-alike; filter with platform=, account=, operation=, method=. Never a token."""
        found = _asked_for(request, world.requests, "platform", "account", "operation", "method")
        return JSONResponse([line.as_json() for line in found])

    async def sign_request(self, request: Request, world: Any) -> Response:
        """What Meta posts to an app's deauthorize and deletion callbacks (both the same): {account, kind?, through?,
        secret?, algorithm?, user_id?}; through is whose dialog it was, instagram (the default) or facebook."""
        asked = await read_object(request)
        if unknown := set(asked) - {"account", "kind", "through", "secret", "algorithm", "user_id"}:
            raise ControlError(f"unknown fields: {', '.join(sorted(unknown))}")
        account, through = str(asked.get("account", "")), str(asked.get("through", "instagram"))
        if through not in ("instagram", "facebook") or not (account or "user_id" in asked):
            raise ControlError("give an account or a user_id; through is instagram or facebook")
        secret = asked.get("secret", world.switches.value(f"{through}_client_secret"))
        own_id = app_scoped_id(world.switches.value(f"{through}_client_id"), account)
        algorithm = str(asked.get("algorithm", "HMAC-SHA256"))
        signed = signed_request(asked.get("user_id", own_id), str(secret), world.now(), algorithm)
        return JSONResponse({"signed_request": signed})

    async def reset(self, request: Request, world: Any) -> Response:
        """Forgets everything; switches go back to what the simulator was started with."""
        self._simulation.reset()
        return JSONResponse({"reset": True})


def _asked_for(request: Request, rows: Iterable[Any], *fields: str) -> list[Any]:
    """Those that are what the query says of these fields, where it says something."""
    wanted = {field: request.query_params[field] for field in fields if field in request.query_params}
    return [row for row in rows if all(getattr(row, field) == value for field, value in wanted.items())]


def public_base(request: Request, world: Any) -> str:
    """Scheme and host for links to posts: the switch `public_url`, else the host that the caller used."""
    return world.switches.value("public_url").rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
