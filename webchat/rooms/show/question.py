"""This room makes what stands at a door that asks something first (XEP-0158): fields and pictures."""

from dataclasses import dataclass

from webchat.media import tokens
from webchat.media.tokens import Link
from webchat.rooms.state import Question, Questions
from webchat.session.session import Session
from webchat.web.templates import installed
from webchat.xmpp import jid as jids
from webchat.xmpp.forms import Field

MACHINES = frozenset(("SHA-256",))
"""Fields that ask for a machine's labour (XEP-0158 §4.3), not for what a person sees."""


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What is to be answered; labels are foreign.

    fields  each with the address of its picture within our site, "" for none
    url     a page of the server where one can answer instead: foreign, "" for none
    """

    path: str
    fields: tuple[tuple[Field, str], ...]
    url: str


def question_view(session: Session, jid: str) -> QuestionView | None:
    """What this room asks, None when nothing is open; without fields where none can be shown here."""
    question = session[Questions].get(jid)
    if question is None:
        return None
    path = installed().url(f"/rooms/{jids.escape_path(jid)}/question")
    fields = tuple((field, _picture(session, path, question, field)) for field in _shown(question))
    answerable = any(field.type != "fixed" for field, _ in fields)
    return QuestionView(path, fields if answerable else (), question.challenge.url)


def _shown(question: Question) -> list[Field]:
    heard = {media.var for media in question.challenge.media} - question.pictures.keys()
    return [
        field
        for field in question.challenge.form.fields
        if field.type != "hidden" and field.var not in heard and field.var not in MACHINES
    ]


def _picture(session: Session, path: str, question: Question, field: Field) -> str:
    made = question.pictures.get(field.var, "")
    if isinstance(made, str):
        return installed().url(tokens.path(session.jid, Link("picture", made))) if made else ""
    return f"{path}/{question.id}/{list(question.pictures).index(field.var)}"
