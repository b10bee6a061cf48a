"""Tables that are wrong, damaged and lied about, and texts of every kind: no page falls, and each refusal is a sentence
in the reader's language."""

from __future__ import annotations

import re
import resource

import pytest
from brought_tables import table
from pages_client import HTMX, form_fields, seen

MEMORY = 1_500_000_000
CHINESE = {"cookie": "encore_language=zh"}
RAW = re.compile(r"Traceback|[A-Z]\w+(?:Error|Exception)\b|codec can't|not a zip file|Expected \w+|line \d+, saw")
"""How a library says it."""


def alerts(text):
    return [
        " ".join(re.sub(r"<[^>]+>", " ", said).split())
        for said in re.findall(r'role="alert"[^>]*>(.*?)</p>', text, re.DOTALL)
    ]


@pytest.mark.parametrize(
    ("begin", "end"), [(0, 60), pytest.param(60, 600, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_whatever_table_comes_no_page_falls(pages, store, begin, end):
    read, refused = 0, 0
    for number in range(begin, end):
        name, content = table(number)
        answer = pages.send("/import", {}, files={"file": (name, content)}, headers=CHINESE)
        assert answer.status_code in (303, 422), (number, answer.status_code)
        if answer.status_code == 422:
            refused += 1
            assert [said for said in alerts(answer.text) if re.search(r"[\u4e00-\u9fff]", said)], (number, seen(answer))
            assert not RAW.search(seen(answer)), (number, seen(answer))
            continue
        where = answer.headers["location"].removeprefix("/encore")
        shown = pages("GET", where, headers=CHINESE)
        assert shown.status_code == 200 and not RAW.search(seen(shown)), (number, shown.status_code)
        read += '<li class="outcome">' in shown.text
        for each in re.findall(r'class="wrong"[^>]*>([^<]*)', shown.text):
            assert re.search(r"[\u4e00-\u9fff]", each), (number, each)
        fields = form_fields(shown.text, where)
        assert pages("GET", f"{where}/rejects.csv", headers=CHINESE).status_code in (200, 422), number
        done = pages.send(where, {**fields, "put_in": "yes"}, headers=CHINESE)
        assert done.status_code in (200, 422), (number, done.status_code, seen(done)[:500])
        assert not RAW.search(seen(done)), (number, seen(done))
    assert min(read, refused) > (end - begin) / 20, "not everything is refused, nor taken"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 < MEMORY


def test_an_editor_takes_whatever_is_typed(pages, written, store):
    text = f"/campaigns/{written}/texts/{written}.caption.instagram.reminder.en"
    sent = form_fields(pages("GET", f"{text}/edit", headers=HTMX).text, text)
    for typed in (
        "１０月３２日２５：９９",
        "#" * 3000,
        "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"),
        "２" * 9000,
        "\u202e" * 50,
    ):
        answer = pages.send(f"{text}/check", {**sent, "content": typed}, headers=HTMX)
        assert answer.status_code == 200 and not RAW.search(seen(answer))
