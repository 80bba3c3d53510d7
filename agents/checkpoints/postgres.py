"""The checkpoint store in a PostgreSQL database, for servers that many read on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pydantic import SecretStr

from ...errors import BadSetting, StoreUnreachable
from .saver import Saver

if TYPE_CHECKING:
    from .postgres_saver import PostgresSaver

_CONNECT_SECONDS = 10
_MAKING = 0x66756E646F  # "fundo"
"""The advisory lock under which one process makes the tables and others wait."""
_LOOK_AGAIN_SECONDS = 0.2
_NOT_INSTALLED = "checkpoints in PostgreSQL need two packages more: pip install 'fundoscope[postgres]'"


@asynccontextmanager
async def opened(url: SecretStr) -> AsyncIterator[Saver]:
    """The store in this database. Raises StoreUnreachable, and BadSetting without the packages or for an address that is none;
    none of them tells the address, which can hold a password."""
    try:
        import psycopg
        from psycopg.conninfo import make_conninfo
        from psycopg.rows import dict_row

        from .postgres_saver import PostgresSaver
    except ImportError as error:
        raise BadSetting(_NOT_INSTALLED) from error
    try:
        where = make_conninfo(url.get_secret_value(), connect_timeout=_CONNECT_SECONDS, application_name="fundoscope")
    except psycopg.ProgrammingError:
        raise BadSetting("checkpoints_url: an address such as postgresql://user@host/database is needed") from None
    try:
        async with await psycopg.AsyncConnection.connect(
            where, autocommit=True, prepare_threshold=0, row_factory=dict_row
        ) as connection:
            saver = PostgresSaver(connection)
            await _made(saver)
            yield saver
    except psycopg.OperationalError as error:
        told = " ".join(str(error).split())
        raise StoreUnreachable(f"the checkpoints' database cannot be worked with ({told})") from error


async def _made(saver: PostgresSaver) -> None:
    """Make the tables where there are none, or older ones. A lock that is waited for inside the database would itself be waited
    for by the making of an index, so that it is looked at again from outside."""
    while not await saver.one("SELECT pg_try_advisory_lock(%s)", _MAKING):
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    try:
        await saver.setup()
    finally:
        await saver.one("SELECT pg_advisory_unlock(%s)", _MAKING)
