"""This room writes down a run of live messages at once: what one of them costs is paid once for all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.messages.models import Message
from webchat.messages.store.conversations import conversation_by_jid
from webchat.messages.store.order import spread
from webchat.messages.store.record import M, Recorded, completed, noted, received_values
from webchat.xmpp.events import Event, MessageReceived


def run_of(event: MessageReceived, ahead: Sequence[Event]) -> list[MessageReceived]:
    """This message and those right behind it that can be written down with it.

    All are of one conversation, said by others, and known by the ids of its archive: a unique key decides
    whether they are new, and nothing that stands between them could change what they mean.
    """
    run = [event]
    for other in ahead if _is_plain(event) else ():
        if not isinstance(other, MessageReceived) or not _is_plain(other):
            break
        if (other.conversation, other.kind) != (event.conversation, event.kind):
            break
        run.append(other)
    return run


def _is_plain(event: MessageReceived) -> bool:
    return not event.mine and bool(event.stanza_id)


async def record_run(
    db: AsyncSession, account_id: int, run: Sequence[MessageReceived], moment: datetime
) -> list[Recorded | None] | None:
    """`record_received` for each of a run.

    None where one decides about the next: in a conversation that is new, with a stranger, or whose read mark
    is known and waits for its message.
    """
    found = await conversation_by_jid(db, account_id, run[0].conversation)
    if found is None or found.stranger or found.displayed_position is None or found.mark_stanza_id:
        return None
    positions = spread(found.last_position, None, len(run)) or []
    rows = []
    for event, position in zip(run, positions, strict=True):
        values = received_values(event, moment)
        rows.append({**values, "account_id": account_id, "conversation_id": found.id, "position": position})
    insert: Any = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(Message.__table__).on_conflict_do_nothing().returning(M.position, M.id)
    ids: dict[int, int] = {position: id for position, id in await db.execute(statement, rows)}
    if not ids:
        return [None] * len(run)
    last = max(ids)
    stamp = rows[positions.index(last)]["stamp"]
    said = await noted(db, {"conversation": found.id, "message": ids[last], "at": last, "stamp": stamp})
    made: list[Recorded | None] = []
    for event, row in zip(run, rows, strict=True):
        id = ids.get(row["position"])
        made.append(None if id is None else await completed(db, said, id, row, event.files))
    return made
