"""A PostgreSQL server for tests, on a socket in a folder of its own: nothing of it is reached over the network."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PLACES = "/usr/lib/postgresql"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, if they are installed."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    installed = sorted(Path(_PLACES).glob("*/bin/initdb"))
    return installed[-1].parent if installed else None


@contextmanager
def served() -> Iterator[str]:
    """The address of an empty database; the server is gone afterwards."""
    bin_folder = programs()
    assert bin_folder is not None
    folder = Path(tempfile.mkdtemp(prefix="fundoscope-pg-", dir="/tmp"))
    # PostgreSQL does not run as root: where the tests do, it runs as its own user.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    cluster = folder / "cluster"

    def call(program: str, *words: str) -> None:
        command = [*as_user, str(bin_folder / program), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder, timeout=120)

    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    try:
        call("initdb", "-D", str(cluster), "-U", "reader", "-A", "trust", "--no-sync")
        call("pg_ctl", "-D", str(cluster), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://reader@/postgres?host={folder}"
        finally:
            call("pg_ctl", "-D", str(cluster), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
