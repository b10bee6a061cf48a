"""`python -m encore_airflow write`: all texts and pictures of a file of concerts, with and without a model."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from encore.errors import RefusedError
from encore.seeding.concert_files import read_concerts
from encore_airflow import cli
from encore_airflow.commands import write as command
from encore_simulator import running

YAML = """\
campaign_id: spring
concert_title: Spring Recital
concert_datetime: 2027-03-14T19:30+01:00
timezone: Europe/Berlin
venue_or_link: Kleiner Saal, Berlin
platforms: [instagram, xiaohongshu]
"""
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(command, "_now", lambda: NOW)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "AIRFLOW_CONN_ENCORE_OPENAI", "ENCORE_CONFIG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def write(tmp_path):
    def run(content, *more, suffix="yaml"):
        file = tmp_path / f"concerts.{suffix}"
        file.write_text(content, encoding="utf-8")
        status = cli.main(["write", "--campaign", str(file), "--out", str(tmp_path / "out"), *more])
        return status, tmp_path / "out"

    return run


def test_texts_and_pictures_of_a_concert_by_the_templates(write, capsys):
    status, out = write(YAML)
    assert status == 0
    assert sorted(path.name for path in (out / "spring").iterdir()) == [
        "flyer-en.txt", "flyer-zh.txt", "instagram-announcement-en.txt", "instagram-day_of-en.txt",
        "instagram-reminder-en.txt", "instagram.jpg", "provenance.json", "xiaohongshu-announcement-zh.txt",
        "xiaohongshu-day_of-zh.txt", "xiaohongshu-reminder-zh.txt", "xiaohongshu.jpg",
    ]  # fmt: skip
    assert "Sunday, 14 March, 19:30" in (out / "spring/instagram-reminder-en.txt").read_text(encoding="utf-8")
    assert (out / "spring/instagram.jpg").read_bytes().startswith(b"\xff\xd8")
    made = json.loads((out / "spring/provenance.json").read_text(encoding="utf-8"))
    assert {one["provenance"]["writer"] for one in made} == {"template"}
    assert all(one["unsupported"] == [] for one in made)
    assert "8 texts by templates, 2 pictures" in capsys.readouterr().out


@pytest.mark.parametrize("by", ["connection", "key"])
def test_texts_by_a_model(write, monkeypatch, capsys, by):
    with running() as server:
        if by == "connection":
            connection = {"conn_type": "http", "host": f"{server.url}/openai/v1", "password": "sim-key-1"}
            connection["extra"] = {"model": "school-model"}
            monkeypatch.setenv("AIRFLOW_CONN_ENCORE_OPENAI", json.dumps(connection))
        else:
            monkeypatch.setenv("OPENAI_API_KEY", "sim-key-1")
            monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/openai/v1")
        status, out = write(YAML, "--no-pictures", "--writer", "model")
    assert status == 0
    made = json.loads((out / "spring/provenance.json").read_text(encoding="utf-8"))
    model = "school-model" if by == "connection" else "gpt-5-mini"
    assert {one["provenance"]["model"] for one in made} == {model}
    assert not list((out / "spring").glob("*.jpg"))
    assert f"texts by {model}" in capsys.readouterr().out


def test_a_model_that_is_wanted_but_not_there_is_told(write, capsys):
    status, _ = write(YAML, "--writer", "model")
    assert status == cli.CANNOT_RUN
    assert "OPENAI_API_KEY" in capsys.readouterr().err


def test_several_concerts_of_a_table_and_of_json(write):
    header = "campaign_id,teacher_id,concert_title,concert_datetime,timezone,venue_or_link,platforms"
    rows = "\n".join(f"c{number},li,Recital {number},+20d 19:30,Europe/Berlin,Hall,instagram" for number in (1, 2))
    _, out = write(f"{header}\n{rows}\n", "--no-pictures", suffix="csv")
    assert sorted(path.name for path in out.iterdir()) == ["c1", "c2"]
    concert = {"campaign_id": "c3", "concert_title": "Recital", "concert_datetime": "+20d 19:30"}
    concert |= {"timezone": "Asia/Shanghai", "venue_or_link": "Hall"}
    write(json.dumps([concert]), "--no-pictures", suffix="json")
    assert (out / "c3/tiktok-day_of-en.txt").exists()


@pytest.mark.parametrize(
    ("content", "suffix", "said"),
    [
        (YAML.replace("Europe/Berlin", "Europe/Berln"), "yaml", "timezone"),
        (YAML.replace("2027-03-14T19:30+01:00", "2020-03-14T19:30+01:00"), "yaml", "already over"),
        ("title: [", "yaml", "neither YAML"),
        ("just words", "yaml", "holds no concert"),
        ("[]", "json", "holds no concert"),
        ("concert_title\nRecital\n", "csv", "concert_datetime"),
    ],
)
def test_a_file_that_makes_no_concert_is_told_with_the_field(tmp_path, content, suffix, said):
    file = tmp_path / f"concerts.{suffix}"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(RefusedError, match=said):
        read_concerts(file, NOW)


def test_a_file_that_is_not_there_is_told(tmp_path, capsys):
    arguments = ["write", "--campaign", str(tmp_path / "none.yaml"), "--out", str(tmp_path)]
    assert cli.main(arguments) == cli.CANNOT_RUN
    assert "none.yaml" in capsys.readouterr().err
