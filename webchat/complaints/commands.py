"""This room is what a user can report: it is noted here and sent nowhere."""

import dataclasses
import logging

from webchat.complaints.forms import ComplaintForm
from webchat.session import complaints
from webchat.session.complaints import Told
from webchat.session.session import Session

log = logging.getLogger(__name__)


async def complain(session: Session, told: Told, form: ComplaintForm) -> None:
    """Tell the people who run this site. Raises TooMany."""
    whole = dataclasses.replace(told, reason=form.reason, words=form.text)
    async with session.work() as work:
        await complaints.add(work.db, session.account_id, whole)
    log.info("a report came in (%s)", told.about)
