"""The part of the form that asks in which languages and which voice a campaign's posts speak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData

from encore.campaigns.speaking import AS_THE_SCHOOL, Speaks, said_of, spoken, voice_of
from encore.domain.content import Voice
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.domain.speaking import EVERYWHERE, choices, code
from encore_airflow.web.visit import Visit, text_of

Option = tuple[str, str]
"""What is sent, and what is read."""


@dataclass(frozen=True)
class SpeakingForm:
    """`languages`: by platform or `EVERYWHERE`, as they are sent; what is not there is left open. `each`: the
    platforms with their names, and what the school speaks there."""

    languages: Mapping[str, str]
    voice: str
    options: tuple[Option, ...]
    voices: tuple[Option, ...]
    each: tuple[tuple[str, str, str], ...]
    school_voice: str

    @property
    def everywhere(self) -> str:
        return self.languages.get(EVERYWHERE, "")

    @property
    def apart(self) -> bool:
        """Whether a platform has its own."""
        return any(value for name, value in self.languages.items() if name != EVERYWHERE)

    @property
    def meant(self) -> Json:
        return {"languages": {name: value for name, value in self.languages.items() if value}, "voice": self.voice}


def speaking_of(visit: Visit, campaign: Speaks) -> SpeakingForm:
    chosen = {name: code(languages) for name, languages in campaign.languages.items()}
    return _form(visit, chosen, campaign.voice or "")


def speaking_proposed(visit: Visit) -> SpeakingForm:
    """As this teacher's newest campaign speaks."""
    return speaking_of(visit, visit.store.newest_campaign_of_teacher(teacher_id=visit.person.name) or AS_THE_SCHOOL)


def speaking_sent(visit: Visit, sent: FormData) -> SpeakingForm | None:
    """None where the form did not ask."""
    if "languages" not in sent:
        return None
    each = {str(platform): text_of(sent, f"languages_{platform}") for platform in Platform}
    return _form(visit, {EVERYWHERE: text_of(sent, "languages"), **each}, text_of(sent, "voice"))


def speaks(visit: Visit, campaign: Speaks, platforms: list[str]) -> tuple[list[str], str]:
    """What a campaign's posts speak, for its page: the languages, by platform where they differ, and the voice."""
    told, settings = visit.words.told, visit.settings
    by_platform = {name: told(said_of(spoken(settings, campaign, Platform(name)))) for name in platforms}
    if len(set(by_platform.values())) == 1:
        languages = list(by_platform.values())[:1]
    else:
        languages = [visit.say("speaking.on", platform=name, languages=said) for name, said in by_platform.items()]
    return languages, visit.say(f"voice.{voice_of(settings, campaign)}")


def _form(visit: Visit, languages: Mapping[str, str], voice: str) -> SpeakingForm:
    told = visit.words.told
    each = [
        (str(one), visit.say(f"platform.{one}"), told(said_of(visit.settings.languages_of(one)))) for one in Platform
    ]
    return SpeakingForm(
        languages,
        voice,
        tuple((code(one), told(said_of(one))) for one in choices()),
        tuple((str(one), visit.say(f"voice.{one}")) for one in Voice),
        tuple(each),
        visit.say(f"voice.{visit.settings.writer.voice}"),
    )
