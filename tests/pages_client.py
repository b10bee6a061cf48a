"""A browser without a script, for the pages in this process."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app_world import World
from PIL import Image
from starlette.testclient import TestClient

from encore.media.media_store import MediaStore

HTMX = {"HX-Request": "true"}
BOOSTED = {"HX-Request": "true", "HX-Boosted": "true"}


@dataclass
class Pages:
    """A browser without a script that is signed in as somebody, `owner` if nobody is named; `None` for nobody."""

    client: TestClient
    world: World

    def __call__(self, method: str, path: str, role: str | None = "owner", **options: Any) -> Any:
        headers = {"Accept-Language": "en", **(options.pop("headers", None) or {})}
        if role:
            headers["Cookie"] = "; ".join(filter(None, (f"_token={role}", headers.get("Cookie"))))
        if method not in ("GET", "HEAD"):
            headers.setdefault("Sec-Fetch-Site", "same-origin")
        options.setdefault("follow_redirects", False)
        return self.client.request(method, f"/encore{path}", headers=headers, **options)

    def get(self, path: str, role: str | None = "owner", **options: Any) -> str:
        """The page's text as a person reads it: without tags."""
        answer = self("GET", path, role, **options)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
        return seen(answer)

    def send(self, path: str, data: dict[str, Any] | None = None, role: str = "owner", **options: Any) -> Any:
        return self("POST", path, role, data=data or {}, **options)

    def fields(self, path: str, role: str = "owner") -> dict[str, Any]:
        """What the page's main form would send if nobody touched it."""
        return form_fields(self("GET", path, role).text, path)


def seen(answer: Any) -> str:
    text = re.sub(r"<(script|style|datalist)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", text)))


def form_fields(page: str, action: str) -> dict[str, Any]:
    form = re.search(rf'<form[^>]*action="/encore{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert form, f"no form for {action}"
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if "name" in given and given.get("type") != "file":
            sent.setdefault(html.unescape(given["name"]), []).append(html.unescape(given.get("value", "")))
    for tag, text in re.findall(r"<textarea([^>]*)>(.*?)</textarea>", form[0], re.DOTALL):
        sent[dict(re.findall(r'([\w-]+)="([^"]*)"', tag))["name"]] = [html.unescape(text.removeprefix("\n"))]
    for tag, options in re.findall(r"<select([^>]*)>(.*?)</select>", form[0], re.DOTALL):
        every = re.findall(r"<option([^>]*)>([^<]*)", options)
        chosen = next((each for each in every if " selected" in each[0]), every[0])
        value = re.search(r'value="([^"]*)"', chosen[0])
        name = html.unescape(dict(re.findall(r'([\w-]+)="([^"]*)"', tag))["name"])
        sent[name] = [html.unescape(value[1] if value else chosen[1])]
    return {name: values if len(values) > 1 else values[0] for name, values in sent.items()}


def put_files(media: MediaStore) -> None:
    folder = Path(media.directory)
    folder.mkdir(exist_ok=True)
    for platform in ("tiktok", "instagram", "xiaohongshu"):
        Image.new("RGB", (1080, 1350), "navy").save(folder / f"{platform}.image", "JPEG")
        (folder / f"{platform}.video").write_bytes(b"video")


def approve(pages: Pages, campaign_id: str, **choices: Any) -> Any:
    given = pages.fields(f"/campaigns/{campaign_id}/approve")
    answers = {"privacy.tiktok": "PUBLIC_TO_EVERYONE", "confirmations": "tiktok_music_usage", **choices}
    answer = pages.send(f"/campaigns/{campaign_id}/approve", {**given, **answers})
    return answer
