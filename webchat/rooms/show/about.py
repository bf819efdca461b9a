"""This room makes the information on a room: what it says, how the user keeps it, what they may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from webchat.messages.state.occupants import Rooms, RoomState
from webchat.messages.store import ConversationRow
from webchat.posts.store.follows import FollowRow
from webchat.rooms.show.people import PeopleView, people
from webchat.rooms.show.room import InfoView, RoomView, community_link, facts, info_view, room_view
from webchat.rooms.store import RoomRow
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import Ref
from webchat.xmpp.rooms.info import RoomInfo

MODES = (
    ("never", N_("Never")),
    ("on-mention", N_("When I am quoted")),
    ("always", N_("Always")),
)
"""When a room may tell of itself (XEP-0492): value, message id."""

AFFILIATIONS = {
    "owner": N_("You own this room."),
    "admin": N_("You are an admin of this room."),
    "member": N_("You are a member of this room."),
}


@dataclass(frozen=True, slots=True)
class AboutView:
    """Everything the panel shows.

    standing   message id of what the user is here, "" for nothing special
    may_...    what the room lets the user do, so that nothing else is offered
    people     None while the user is not inside
    wrong      field of the form → message id of what is wrong with it
    """

    room: RoomView
    info: InfoView
    standing: str
    nick: str
    name: str
    notify: str
    autojoin: bool
    pinned: bool
    kept: bool
    may_configure: bool
    may_moderate: bool
    may_see_members: bool
    people: PeopleView | None
    wrong: Mapping[str, str] = field(default_factory=dict)


def about(
    session: Session,
    jid: str,
    talk: ConversationRow | None,
    kept: RoomRow | None,
    info: RoomInfo | None,
    *,
    wanted: str = "",
    page: int = 1,
    communities: Sequence[FollowRow] = (),
) -> AboutView:
    """The panel; without `info` (the room does not answer) what is known here.

    communities  those that the user follows and that name this room as theirs
    """
    state = session[Rooms].get(jid) or RoomState(jid)
    shown = info_view(info) if info else _known(state, kept)
    named = [community_link(Ref(row.service, row.node), row.title or row.called) for row in communities]
    paths = {path for _, path in named}
    links = (*named, *(link for link in shown.communities if link[1] not in paths))
    inside = state.phase == "in" and session.state == "online"
    return AboutView(
        room=room_view(session, jid, talk, info.name if info else ""),
        info=replace(shown, communities=links),
        standing=AFFILIATIONS.get(state.affiliation, "") if inside else "",
        nick=state.nick or (talk.nick if talk else "") or jids.local(session.jid),
        name=(kept.name if kept else "") or (talk.title if talk else ""),
        notify=(talk.notify if talk else "") or "on-mention",
        autojoin=kept.autojoin if kept else False,
        pinned=talk.pinned if talk else False,
        kept=talk is not None,
        may_configure=inside and state.affiliation == "owner",
        may_moderate=inside and state.may_moderate,
        may_see_members=inside and (state.affiliation in ("owner", "admin") or state.private_group),
        people=people(session, state, wanted, page) if inside else None,
    )


def _known(state: RoomState, kept: RoomRow | None) -> InfoView:
    info = RoomInfo(
        jid=state.jid,
        name=state.name or (kept.title if kept else ""),
        description=kept.description if kept else "",
        subject=state.subject,
        features=state.features,
        community=Ref(*state.community) if state.community else None,
    )
    view = info_view(info)
    return InfoView(
        view.name,
        view.description,
        view.address,
        view.subject,
        None,
        facts(state.features),
        (),
        False,
        view.communities,
    )
