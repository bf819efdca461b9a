"""This room lets an account choose whether strangers may read its blog, and under which short name."""

from sqlalchemy.exc import IntegrityError

from webchat.errors import Invalid
from webchat.posts.store.public import set_public
from webchat.session.session import Session
from webchat.web.language import N_

TAKEN = N_("Somebody else here has this name already.")


async def choose_public(session: Session, nickname: str, *, public: bool) -> None:
    """From now on. Raises Invalid({"nickname": …}) when somebody else has that name."""
    try:
        async with session.work() as work:
            free = await set_public(work.db, session.account_id, nickname, public=public)
    except IntegrityError:
        # Two asked for the same name in the same moment: the unique key has judged.
        free = False
    if not free:
        raise Invalid({"nickname": TAKEN})
