"""TikTok's chunk rules (platforms.md 1.8) for any file size."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from encore.platforms.tiktok.upload import ChunkPlan, FilePart, chunk_plan

MB, MIB = 1_000_000, 1024 * 1024
LARGEST = 4_000 * MB
sizes = st.integers(1, LARGEST)


@given(sizes)
@example(1)
@example(5 * MB - 1)
@example(5 * MIB)
@example(64 * MB)
@example(64 * MB + 1)
@example(64 * MIB)
@example(64 * MIB + 1)
@example(94 * MB)
@example(LARGEST)
def test_the_exact_rules(size):
    plan = chunk_plan(size)
    assert plan.size == size
    assert plan.count == size // plan.chunk
    assert 1 <= plan.count <= 1000
    if plan.count == 1:
        assert plan.chunk == size <= 64 * MB
    else:
        # Inside the bounds whether TikTok means MB or MiB.
        assert 5 * MIB <= plan.chunk <= 64 * MB
        last = size - plan.last_first
        assert plan.chunk <= last <= 128 * MB


@given(sizes)
def test_the_chunks_are_the_file_without_gap_or_overlap(size):
    plan, first, requests = chunk_plan(size), 0, 0
    while first < size:
        last = plan.end_of(first)
        assert first <= last < size
        assert (last == size - 1) == (first >= plan.last_first)
        first, requests = last + 1, requests + 1
    assert first == size
    assert requests == plan.count


@given(sizes, st.data())
def test_an_upload_can_go_on_from_any_byte(size, data):
    plan = chunk_plan(size)
    first = data.draw(st.integers(0, size - 1))
    last = plan.end_of(first)
    assert first <= last < size
    assert last == size - 1 or (last + 1) % plan.chunk == 0


@given(st.integers(1, 10_000), st.integers(1, 500), st.integers(1, 500))
def test_the_rules_hold_for_any_cut(size, whole_up_to, chunk):
    plan = chunk_plan(size, whole_up_to=whole_up_to, chunk=chunk)
    assert plan.count == size // plan.chunk
    assert plan.count > 1 or plan.chunk == size


def test_an_empty_file_has_no_plan():
    with pytest.raises(ValueError):
        chunk_plan(0)


@given(st.integers(0, 999), st.integers(0, 999), st.integers(1, 300))
def test_a_part_of_a_file_is_streamed(tmp_path_factory, first, last, block):
    first, last = sorted((first, last))
    path = tmp_path_factory.getbasetemp() / "thousand-bytes"
    content = bytes(number % 251 for number in range(1000))
    path.write_bytes(content)
    with FilePart(str(path), first, last) as part:
        assert len(part) == last - first + 1
        read = b"".join(iter(lambda: part.read(block), b""))
    assert read == content[first : last + 1]


def test_a_file_that_shrank_is_an_error_and_not_a_short_body(tmp_path):
    path = tmp_path / "short"
    path.write_bytes(b"x" * 10)
    with FilePart(str(path), 5, 14) as part, pytest.raises(OSError, match="shorter"):
        part.read()


def test_where_the_last_chunk_begins():
    assert ChunkPlan(25, 10, 2).last_first == 10
    assert ChunkPlan(25, 25, 1).last_first == 0
