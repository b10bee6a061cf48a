"""Writing from the command line: every text and picture of one or more concerts, into a folder. No database."""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from encore.domain.json import Json

if TYPE_CHECKING:
    from encore.content.facts.sheet import FactSheet
    from encore.content.writing.writer import DraftAsset, Writer
    from encore.domain.campaign import CampaignFacts
    from encore.settings import Settings

SUMMARY = "write the texts and draw the pictures of the concerts in a file, into a folder"

KEY = "OPENAI_API_KEY"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--campaign", type=Path, required=True, help="a YAML, JSON or CSV file of one or more concerts")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write into; a folder in it per concert")
    parser.add_argument(
        "--writer",
        choices=("auto", "model", "template"),
        default="auto",
        help=f"auto: a model if the connection encore_openai or {KEY} gives a key, else the templates",
    )
    parser.add_argument("--no-pictures", action="store_true", help="texts only")


def run(args: argparse.Namespace) -> int:
    from encore.seeding.concert_files import read_concerts
    from encore_airflow import wiring

    using = wiring.settings()
    writer = _writer(args.writer, using)
    # Relative dates count from this machine's day: there need be no database here to ask.
    for campaign in read_concerts(args.campaign, _now()):
        folder = args.out / campaign.identity
        _write(campaign, writer, using, folder, pictures=not args.no_pictures)
    return 0


def _now() -> datetime:
    return datetime.now(UTC)


def _writer(wanted: str, using: Settings) -> Writer:
    """Raises `ConfigurationError` where a model is wanted and no key is there."""
    from encore.content.writing.asking import Asking
    from encore.content.writing.openai_call import ModelEndpoint
    from encore.content.writing.openai_writer import OpenAIWriter
    from encore.content.writing.template_writer import TemplateWriter
    from encore.errors import ConfigurationError
    from encore_airflow import credentials

    if wanted == "template":
        return TemplateWriter()
    settings = using.writer
    endpoint = credentials.model_endpoint(settings)
    if endpoint is None and (key := os.environ.get(KEY)):
        address = settings.base_url or os.environ.get("OPENAI_BASE_URL", "")
        endpoint = ModelEndpoint(
            address, credentials.secret(key), settings.model, settings.call_seconds, settings.retries,
            settings.max_tokens,
        )  # fmt: skip
    if endpoint:
        return OpenAIWriter(Asking(endpoint), settings.prompt, settings.repairs, verify=settings.verify)
    if wanted == "model":
        raise ConfigurationError("writer.no_key", connection=f"AIRFLOW_CONN_{settings.conn_id.upper()}", variable=KEY)
    return TemplateWriter()


def _write(campaign: CampaignFacts, writer: Writer, using: Settings, folder: Path, *, pictures: bool) -> None:
    from encore.campaigns.days_out import DaysOut
    from encore.campaigns.speaking import all_spoken, voice_of
    from encore.content.facts.sheet import FactSheet
    from encore.content.writing.bilingual import in_one_post
    from encore.content.writing.writer import writing_plan

    facts = FactSheet.of(campaign)
    languages, voice = all_spoken(using, campaign), voice_of(using, campaign)
    moments = using.moments_of(campaign.timeline)
    plan = writing_plan(campaign, languages, moments, voice, DaysOut(using, campaign, _now()))
    drafts = in_one_post(writer.write(facts, plan), languages)
    folder.mkdir(parents=True, exist_ok=True)
    for draft in drafts:
        (folder / _file_name(draft)).write_text(draft.content + "\n", encoding="utf-8")
    drawn = _draw(campaign, drafts, using, folder) if pictures else []
    made = [_report(draft, facts) for draft in drafts]
    (folder / "provenance.json").write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    by = sorted({str(one["provenance"].get("model", "templates")) for one in made})
    print(f"{folder}: {len(drafts)} texts by {' and '.join(by)}, {len(drawn)} pictures and videos")


def _file_name(draft: DraftAsset) -> str:
    parts = [draft.platform, draft.touchpoint, draft.language] if draft.touchpoint else ["flyer", draft.language]
    return "-".join(map(str, parts)) + ".txt"


def _draw(campaign: CampaignFacts, drafts: list[DraftAsset], using: Settings, folder: Path) -> list[Path]:
    """The flyer for each of the campaign's platforms, and its video where posts are videos."""
    from encore.campaigns.speaking import all_spoken
    from encore.content.pictures.flyer import flyer_jpeg
    from encore.content.pictures.flyer_video import write_flyer_video
    from encore.domain.content import AssetType

    flyers = {draft.language: draft.content for draft in drafts if draft.asset_type is AssetType.FLYER_TEXT}
    spoken = all_spoken(using, campaign)
    drawn = []
    for platform in campaign.platforms:
        channel = using.platforms[platform]
        text = flyers[spoken[platform][0]]
        drawn.append(folder / f"{platform}.jpg")
        drawn[-1].write_bytes(flyer_jpeg(text, platform, campaign.identity))
        if channel.media == "video":
            drawn.append(folder / f"{platform}.mp4")
            write_flyer_video(text, campaign.identity, drawn[-1])
    return drawn


def _report(draft: DraftAsset, facts: FactSheet) -> Json:
    """Who wrote a text, and what in it the facts do not give."""
    from encore.content.facts.fact_check import check_facts

    found = check_facts(draft.content, facts, draft.touchpoint)
    return {
        "file": _file_name(draft),
        "provenance": draft.provenance,
        "unsupported": [
            {"kind": one.kind, "text": one.text, "start": one.start, "end": one.end, "message": str(one.said)}
            for one in found
        ],
    }
