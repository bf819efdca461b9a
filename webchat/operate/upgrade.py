"""This room brings the database to the form that this version needs, and leaves a way back."""

from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from webchat.config import Settings
from webchat.db.engine import Database
from webchat.operate import backup, revisions, sqlite
from webchat.operate.trouble import Trouble, say

PREFIX = "before-update-"
KEPT = 2
"""So many of the backups that were made by themselves stay."""

_NEWER = (
    "The database was made by a newer version of Webchat (form {found}). Run that version again, or restore "
    "a backup that this version can read, such as the newest {prefix}….tar in {folder}."
)


async def upgrade(settings: Settings, *, backed_up: bool = True) -> Path | None:
    """Bring it to the newest form; where the backup lies that was made before, None when none was needed.

    backed_up  save what is there first (SQLite; PostgreSQL has programs of its own for that)
    Raises Trouble; then nothing was changed.
    """
    folder = settings.data_dir / backup.FOLDER
    found = await _form(settings)
    if found and found not in revisions.known():
        raise Trouble(_NEWER.format(found=found, prefix=PREFIX, folder=folder))
    if found == revisions.newest():
        return None
    made = None
    if found and backed_up and backup.kind_of(settings) == "sqlite":
        made = folder / f"{PREFIX}{found}-{backup.stamp()}.tar"
        await backup.make(settings, made, with_packs=False)
        say(f"What is there was saved to {made}.")
        _thin_out(folder, made)
    await revisions.upgrade(settings.database_url)
    say(f"The database is of form {revisions.newest()} now" + (f", before of {found}." if found else "."))
    return made


async def _form(settings: Settings) -> str:
    if backup.kind_of(settings) == "sqlite" and not sqlite.file_of(settings.database_url).exists():
        return ""
    database = Database(settings.database_url)
    try:
        return await revisions.of(database)
    except (SQLAlchemyError, OSError) as error:
        kind = type(error).__name__
        raise Trouble(f"The database cannot be reached ({kind}): `webchat doctor` says why.") from None
    finally:
        await database.close()


def _thin_out(folder: Path, newest: Path) -> None:
    """Those of updates long ago go."""
    others = [path for path in folder.glob(f"{PREFIX}*.tar") if path != newest]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[KEPT - 1 :]:
        path.unlink(missing_ok=True)
