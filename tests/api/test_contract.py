"""Problem documents, idempotency keys, limits, request ids, and what a browser may not be made to do."""

from __future__ import annotations

import asyncio
import logging

import psycopg
import pytest

from encore_airflow.http.body_limit import BodyLimit


class TestProblems:
    @pytest.mark.parametrize(
        ("content", "status", "code"),
        [
            (b"{", 400, "malformed"),
            (b"\xff\xfe", 400, "malformed"),
            (b"[" * 100_000, 400, "malformed"),
            (b"[]", 422, "invalid"),
            (b"null", 422, "invalid"),
            (b'{"concert_title": "\\ud800"}', 422, "invalid"),
            (b"", 422, "invalid"),
        ],
    )
    def test_a_body_that_is_no_campaign(self, api, content, status, code):
        said = api.problem(status, "POST", "/campaigns", content=content, headers={"Content-Type": "application/json"})
        assert (said["code"], said["status"], said["type"]) == (code, status, f"urn:encore:problem:{code}")
        assert said["detail"] and said["request_id"]

    def test_unknown_addresses_and_methods(self, api):
        assert api.problem(404, "GET", "/nothing")["code"] == "not_found"
        assert api.problem(405, "DELETE", "/campaigns")["code"] == "method_not_allowed"
        assert api.problem(404, "GET", "/campaigns/")["detail"]

    @pytest.mark.parametrize("campaign_id", ["%00", "a%20b", "..%2f", "x" * 65, "%F0%9F%8E%B5"])
    def test_an_id_that_cannot_be(self, api, campaign_id):
        assert api("GET", f"/campaigns/{campaign_id}").status_code in (404, 422)

    def test_the_input_is_not_repeated(self, api, facts):
        answer = api(
            "POST", "/campaigns", json={**facts, "platforms": ["act.planted-secret"], "x": "act.planted-secret"}
        )
        assert answer.status_code == 422 and "planted" not in answer.text

    def test_a_lost_database_is_a_503(self, api):
        api.world.database_is_away = True
        said = api("GET", "/campaigns")
        assert (said.status_code, said.json()["code"]) == (503, "database_unavailable")
        assert said.headers["retry-after"]

    def test_after_a_restart_of_postgresql_the_next_request_works(self, api, dsn):
        api.ok("GET", "/campaigns")
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "  # and waits until it is gone
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        api.ok("GET", "/campaigns")


class TestIdempotency:
    def test_the_same_key_and_request_gets_the_same_answer(self, api, facts, store):
        first = api("POST", "/campaigns", json=facts, headers={"Idempotency-Key": "k1"})
        api.ok("PATCH", f"/campaigns/{first.json()['campaign_id']}", json={"venue_or_link": "Elsewhere"})
        again = api("POST", "/campaigns", json=facts, headers={"Idempotency-Key": "k1"})
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["idempotency-replayed"] == "true" and "idempotency-replayed" not in first.headers
        assert (again.headers["etag"], again.headers["location"]) == (first.headers["etag"], first.headers["location"])

    def test_another_request_with_the_same_key_is_refused(self, api, facts):
        api.ok("POST", "/campaigns", json=facts, headers={"Idempotency-Key": "k1"})
        other = {**facts, "concert_title": "Another"}
        said = api.problem(422, "POST", "/campaigns", json=other, headers={"Idempotency-Key": "k1"})
        assert (said["code"], said["field"]) == ("idempotency_key_reused", "Idempotency-Key")
        assert len(api.ok("GET", "/campaigns")["items"]) == 1

    def test_a_refusal_is_not_kept(self, api, facts):
        api.problem(422, "POST", "/campaigns", json={**facts, "timezone": "Mars"}, headers={"Idempotency-Key": "k1"})
        api.ok("POST", "/campaigns", json=facts, headers={"Idempotency-Key": "k1"})

    def test_keys_belong_to_their_person(self, api, facts):
        ids = {
            role: api.ok("POST", "/campaigns", role, json=facts, headers={"Idempotency-Key": "k1"})["campaign_id"]
            for role in ("owner", "stranger")
        }
        assert ids["owner"] != ids["stranger"]

    @pytest.mark.parametrize("key", ["", "with space", "x" * 201])
    def test_a_key_that_is_none(self, api, facts, key):
        said = api.problem(422, "POST", "/campaigns", json=facts, headers={"Idempotency-Key": key})
        assert said["field"] == "idempotency-key"


class TestCrossSite:
    """A browser sends its cookie with what other sites make it ask."""

    @pytest.fixture
    def browser(self, api):
        api.client.cookies.set("_token", "owner")
        return lambda headers, method="POST": api(method, "/campaigns", role=None, json={}, headers=headers).status_code

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"Sec-Fetch-Site": "same-site"}, 403),
            ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
            ({"Origin": "https://evil.example"}, 403),
            ({"Origin": "null"}, 403),
            ({"Origin": "http://testserver.evil.example"}, 403),
            ({"Authorization": "Basic b3duZXI6"}, 403),
            ({"Sec-Fetch-Site": "same-origin"}, 422),
            ({"Origin": "http://testserver"}, 422),
            ({"Authorization": "Bearer owner", "Origin": "https://evil.example"}, 422),
        ],
    )
    def test_a_change_must_come_from_our_own_pages(self, browser, headers, status):
        assert browser(headers) == status

    def test_reading_may_come_from_anywhere(self, api, browser):
        assert browser({"Sec-Fetch-Site": "cross-site"}, "GET") == 200


class TestLimits:
    def test_a_body_is_counted_while_it_comes(self, api, settings):
        most = settings.api.body_kilobytes * 1000
        for content in (b"x" * (most + 1), iter([b"x" * most, b"xx"])):
            said = api.problem(413, "POST", "/campaigns", content=content, headers={"Content-Type": "application/json"})
            assert said["code"] == "too_large"

    @pytest.mark.parametrize(
        ("declared", "passes"),
        [("²", True), ("-1", True), ("1_0", True), ("", True), ("9", True), ("9" * 30, False)],
    )
    def test_what_is_said_of_its_length_counts_if_it_is_a_number(self, api, declared, passes):
        went_on = []

        async def app(*_):
            went_on.append(True)

        def refuse(request, said):
            async def refused(*_):
                pass

            return refused

        scope = {"type": "http", "headers": [(b"content-length", declared.encode("latin-1"))]}
        asyncio.run(BodyLimit(app, api.world.surroundings(), refuse)(scope, None, None))
        assert went_on == [True] * passes

    def test_who_asks_too_fast_waits(self, api, settings):
        limits = settings.api.model_copy(update={"requests_per_minute": 60, "burst": 5})
        api.world.settings = settings.model_copy(update={"api": limits})
        statuses = [api("GET", "/accounts").status_code for _ in range(8)]
        assert statuses[:5] == [200] * 5 and 429 in statuses
        answer = api("GET", "/accounts")
        assert (answer.json()["code"], answer.headers["retry-after"]) == ("too_many_requests", "1")
        assert api("GET", "/accounts", "stranger").status_code == 200, "another user is not slowed down"


class TestRequestIds:
    def test_in_the_answer_and_in_the_log(self, api, caplog):
        with caplog.at_level(logging.INFO, "encore_airflow.http.request_log"):
            given = api("GET", "/accounts", headers={"X-Request-Id": "mine-1"})
            made = api("GET", "/accounts", role=None, headers={"X-Request-Id": "not harmless\t"})
        assert given.headers["x-request-id"] == "mine-1"
        assert "mine-1: GET /api/v1/accounts by teacher-li: 200" in caplog.text
        assert made.json()["request_id"] == made.headers["x-request-id"] != "not harmless\t"

    def test_no_token_is_logged(self, api, caplog):
        with caplog.at_level(logging.DEBUG):
            api("GET", "/campaigns?title=act.planted-in-query", headers={"X-Api-Key": "act.planted"})
        assert "planted" not in caplog.text.replace("HTTP Request", "").split("testserver")[0]


def test_nothing_answers_anonymously_but_liveness(api):
    for path in ("/health", "/openapi.json", "/docs", "/campaigns", "/nothing"):
        assert api.problem(401, "GET", path, None)["code"] == "not_signed_in"
    assert api.ok("GET", "/health/live", None) == {"status": "alive"}


def test_the_documentation_is_there_for_who_is_signed_in(api):
    document = api.ok("GET", "/openapi.json")
    assert document["servers"] == [{"url": "/api/v1"}]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"] and operation["description"], f"{method} {path} is not described"
    assert "swagger" in api("GET", "/docs").text
