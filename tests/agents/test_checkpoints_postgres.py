"""Checkpoints in PostgreSQL: the same reading, asking, signing and forgetting as in SQLite."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, LiteralString, cast

import pytest
from fundoscope import Fundoscope, Report
from fundoscope.agents.checkpoints import checkpoints
from fundoscope.agents.checkpoints.postgres_saver import PostgresSaver
from fundoscope.agents.state import Engine
from fundoscope.errors import BadSetting, StoreUnreachable
from fundoscope.evals import doctor
from fundoscope.settings import load_settings
from fundoscope.tools.bench import Bench

from .postgres import programs, served

pytestmark = pytest.mark.skipif(programs() is None, reason="PostgreSQL's programs are not installed")
TABLES: tuple[LiteralString, ...] = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with served() as url:
        yield url


@pytest.fixture
def desk(scope: Fundoscope, tmp_path: Path, database: str) -> Fundoscope:
    """A home of its own whose conversations are in the database, with the experts that are loaded already."""
    own = Fundoscope(scope.settings, home=tmp_path, checkpoints_url=database)
    bench = Bench(own.settings)
    bench._experts = scope.engine.bench._experts
    own._engine = Engine(own.settings, bench, scope.engine.speaker)
    return own


def counted(desk: Fundoscope, thread: str | None = None) -> list[int]:
    """The rows of each table, of one thread or of all."""

    async def count() -> list[int]:
        async with checkpoints(desk.settings) as saver:
            of = cast(PostgresSaver, saver)
            where: LiteralString = "WHERE thread_id = %s" if thread else ""
            return [await of.one(f"SELECT count(*) FROM {t} {where}", *([thread] if thread else [])) for t in TABLES]

    return asyncio.run(count())


def test_a_case_is_read_asked_about_signed_and_forgotten(desk: Fundoscope, phantom_file: Path) -> None:
    report = desk.read(phantom_file)
    thread = f"local:{report.case}"
    assert counted(desk, thread)[0] == 1, "only the newest checkpoint is kept"
    again = Fundoscope(desk.settings)
    assert without_times(again.report(report.case)) == without_times(report)
    assert again.ask(report, "How many microaneurysms are there?").answered
    kept = counted(desk, thread)
    assert desk.ask(report, "Which eye is it?\0").answered, "a NUL, which PostgreSQL has no letter for, is left out"
    assert counted(desk, thread)[:2] == kept[:2], "what earlier checkpoints alone held is gone"
    signed = desk.review(report, {"signature": "Dr A", "accept_rest": True, "grades": {"right": 3}})
    assert again.standing(report.case).review == signed.review
    assert desk.purge(report).threads == 1
    assert counted(desk, thread) == [0, 0, 0]
    assert not (desk.settings.home / "checkpoints.sqlite").exists()


def test_sessions_are_kept_apart_and_several_begin_in_an_empty_database_at_once(desk: Fundoscope) -> None:
    async def both() -> None:
        async def begin() -> None:
            async with checkpoints(desk.settings) as saver:
                assert [kept async for kept in saver.alist(None)] == []

        async with checkpoints(desk.settings) as saver:
            for table in (*TABLES, "checkpoint_migrations"):
                await cast(PostgresSaver, saver).conn.execute(f"DROP TABLE {table}")  # type: ignore[union-attr]
        await asyncio.gather(*(begin() for _ in range(4)))

    asyncio.run(both())
    assert counted(desk) == [0, 0, 0]


@pytest.mark.parametrize(
    ("url", "error", "told"),
    [
        ("postgresql://reader:geheim@/postgres?host=/nowhere", StoreUnreachable, "cannot be worked with"),
        ("postgresql://reader:geheim@127.0.0.1:1/x", StoreUnreachable, "refused"),
        ("postgresql://reader:a@geheim@127.0.0.1:1/x", BadSetting, "an address such as"),
        ("postgresql://reader:a/geheim@127.0.0.1:1/x", BadSetting, "an address such as"),
        ("geheim is no address", BadSetting, "an address such as"),
        ("postgresql://reader:geheim@[host", BadSetting, "an address such as"),
    ],
)
def test_a_database_that_is_none_is_one_line_without_its_password(
    tmp_path: Path, url: str, error: type[Exception], told: str
) -> None:
    settings = load_settings(home=tmp_path, checkpoints_url=url)
    assert "geheim" not in repr(settings)

    async def begin() -> None:
        async with checkpoints(settings):
            pass

    with pytest.raises(error, match=told) as caught:
        asyncio.run(begin())
    assert "geheim" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_user_without_the_right_to_make_tables_works_with_those_there_are(
    desk: Fundoscope, tmp_path: Path, phantom_file: Path
) -> None:
    assert desk.settings.checkpoints_url is not None
    url = desk.settings.checkpoints_url.get_secret_value()

    async def one_by_one() -> None:
        async with checkpoints(desk.settings) as saver:
            for command in (
                "CREATE ROLE clerk LOGIN",
                "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO clerk",
                "CREATE DATABASE other",
            ):
                await cast(PostgresSaver, saver).conn.execute(command)  # type: ignore[union-attr]

    asyncio.run(one_by_one())
    clerk = Fundoscope(desk.settings, checkpoints_url=url.replace("reader@", "clerk@"))
    clerk._engine = Engine(clerk.settings, desk.engine.bench, desk.engine.speaker)
    report = clerk.read(phantom_file)
    assert clerk.ask(report, "Which eye \ud800 is it?").answered
    bare = load_settings(home=tmp_path, checkpoints_url=url.replace("reader@/postgres", "clerk@/other"))

    async def begin() -> None:
        async with checkpoints(bare):
            pass

    with pytest.raises(StoreUnreachable, match="permission denied"):
        asyncio.run(begin())


def test_the_doctor_says_whether_the_database_can_be_worked_with(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(**values: str) -> list[bool]:
        monkeypatch.setattr(doctor, "default_settings", lambda: load_settings(home=tmp_path, **values))
        return [check.ok for check in doctor._database()]

    assert told() == [] and told(checkpoints_url=database) == [True]
    assert told(checkpoints_url="postgresql://reader@/postgres?host=/nowhere") == [False]


def without_times(report: Report) -> dict[str, Any]:
    """A report as JSON without when it was made and how long it took."""
    told = report.model_dump(mode="json")
    for name in ("created", "timings"):
        told["provenance"].pop(name, None)
    return told
