"""The checkpoint store in a PostgreSQL database, for servers that many read on."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pydantic import SecretStr

from ...errors import BadSetting, StoreBusy, StoreUnreachable
from .saver import Saver

if TYPE_CHECKING:
    from .postgres_saver import PostgresSaver

BUSY_SECONDS = 60.0
"""How long a process waits while another one makes the tables."""
_CONNECT_SECONDS = 10
_MAKING = 0x66756E646F  # "fundo"
"""The advisory lock under which one process makes the tables and others wait."""
_LOOK_AGAIN_SECONDS = 0.2
_ADDRESS = re.compile(r"postgres(?:ql)?://(?:[^:@/?#\s]*(?::(?P<password>[^:@/?#\s]*))?@)?[^@\s?#]*(?:\?[^@\s#]*)?")
"""An address whose parts can be told apart, so that its password is known and can be kept out of what is said."""
_AN_ADDRESS = (
    "checkpoints_url: an address such as postgresql://user@host/database is needed, with @, : and / in a password "
    "written as %40, %3A and %2F"
)
_NOT_INSTALLED = "checkpoints in PostgreSQL need two packages more: pip install 'fundoscope[postgres]'"


@asynccontextmanager
async def opened(url: SecretStr) -> AsyncIterator[Saver]:
    """The store in this database. Raises StoreUnreachable, StoreBusy, and BadSetting without the packages or for an address that
    is none; none of them tells the address' password."""
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict, make_conninfo
        from psycopg.rows import dict_row

        from .postgres_saver import PostgresSaver
    except ImportError as error:
        raise BadSetting(_NOT_INSTALLED) from error
    address = _ADDRESS.fullmatch(url.get_secret_value().strip())
    if address is None:
        raise BadSetting(_AN_ADDRESS)
    try:
        given = conninfo_to_dict(address[0])
        defaults: dict[str, str | int] = {"connect_timeout": _CONNECT_SECONDS, "application_name": "fundoscope"}
        where = make_conninfo(address[0], **{name: v for name, v in defaults.items() if name not in given})
    except psycopg.ProgrammingError:
        raise BadSetting(_AN_ADDRESS) from None
    try:
        async with await psycopg.AsyncConnection.connect(
            where, autocommit=True, prepare_threshold=0, row_factory=dict_row
        ) as connection:
            saver = PostgresSaver(connection)
            await _made(saver)
            yield saver
    except psycopg.Error as error:
        told = " ".join(str(error).split())
        for secret in filter(None, (address["password"], given.get("password"), unquote(address["password"] or ""))):
            told = told.replace(str(secret), "***")
        raise StoreUnreachable(f"the checkpoints' database cannot be worked with ({told})") from None


async def _made(saver: PostgresSaver) -> None:
    """Make the tables where there are none, or older ones. A lock that is waited for inside the database would itself be waited
    for by the making of an index, so that it is looked at again from outside."""
    if await saver.is_made():
        return
    until = time.monotonic() + BUSY_SECONDS
    while not await saver.one("SELECT pg_try_advisory_lock(%s)", _MAKING):
        if time.monotonic() > until:
            raise StoreBusy(f"the checkpoints' database is being set up by another process for {BUSY_SECONDS:g} s")
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    try:
        await saver.setup()
    finally:
        await saver.one("SELECT pg_advisory_unlock(%s)", _MAKING)
