"""This room copies a PostgreSQL database in use, and puts a copy back, by PostgreSQL's own programs."""

import asyncio
import os
import shutil
from pathlib import Path

from sqlalchemy import URL, text
from sqlalchemy.engine import make_url

from webchat.db.engine import Database
from webchat.operate.trouble import Trouble

_MISSING = (
    "PostgreSQL's program {name} is not installed here (Debian: apt install postgresql-client), "
    "so this cannot be done on this machine."
)

_EMPTY = """DO $$ DECLARE found record; BEGIN
FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
EXECUTE format('DROP TABLE %I CASCADE', found.tablename); END LOOP; END $$;
"""

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


def needs(*programs: str) -> None:
    """Raises Trouble when one of these programs is not here."""
    for name in programs:
        if shutil.which(name) is None:
            raise Trouble(_MISSING.format(name=name))


async def dump(database_url: str, target: Path) -> None:
    """The database as it was at one moment, while others write on. Raises Trouble."""
    needs("pg_dump")
    await _run(
        database_url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"
    )


async def others(database_url: str) -> int:
    """How many others are connected to this database. Raises what the driver raises."""
    database = Database(database_url)
    try:
        async with database.engine.connect() as connection:
            return int((await connection.execute(_OTHERS)).scalar_one())
    finally:
        await database.close()


async def load(database_url: str, dumped: Path, folder: Path) -> None:
    """Put what was dumped into the place of all that is there, in one transaction: it happens whole or not.

    folder  for what lies on the disk meanwhile
    Raises Trouble.
    """
    needs("pg_restore", "psql")
    before, script = folder / "empty.sql", folder / "restore.sql"
    before.write_text(_EMPTY, encoding="ascii")
    await _run(
        database_url,
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        f"--file={script}",
        str(dumped),
        asks=False,
    )
    quietly = (
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
    )
    await _run(database_url, "psql", *quietly, f"--file={before}", f"--file={script}")


async def check(dumped: Path) -> None:
    """Whether this is a dump that can be read to its end. Raises Trouble."""
    needs("pg_restore")
    await _run("postgresql://", "pg_restore", f"--file={os.devnull}", str(dumped), asks=False)


async def _run(database_url: str, program: str, *arguments: str, asks: bool = True) -> None:
    url = make_url(database_url)
    named = ("--no-password", f"--dbname={url.database}") if asks else ()
    process = await asyncio.create_subprocess_exec(
        program,
        *named,
        *arguments,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"} | _where(url),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    said = (await process.communicate())[1].decode("utf-8", "replace").strip()
    if process.returncode:
        raise Trouble(f"{program} failed: {said.splitlines()[0][:300] if said else 'it does not say why'}")


def _where(url: URL) -> dict[str, str]:
    """The address for libpq: in the environment, because the arguments of a process can be read by others."""
    query = {name: value for name, value in url.query.items() if isinstance(value, str)}
    named = {
        "PGHOST": url.host or query.get("host", ""),
        "PGPORT": str(url.port or query.get("port", "")),
        "PGUSER": url.username or query.get("user", ""),
        "PGPASSWORD": str(url.password or query.get("password", "")),
        "PGSSLMODE": query.get("ssl", query.get("sslmode", "")),
    }
    return {name: value for name, value in named.items() if value}
