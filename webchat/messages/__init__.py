"""This slice is what was said: messages and their states, the timeline, the composer, drafts, read marks."""

from starlette.routing import Route

from webchat.contacts.changes import ContactChanged, RosterChanged
from webchat.messages import fragments, handlers, jobs, store, views
from webchat.messages.changes import (
    ComingsChanged,
    ConversationChanged,
    ConversationClosed,
    DraftChanged,
    LaterChanged,
    MessageChanged,
    TimelineChanged,
    TypingChanged,
    UnreadChanged,
)
from webchat.messages.handlers import corrections, facts
from webchat.messages.jobs import later
from webchat.messages.overview import PAGES
from webchat.messages.overview import fragments as overview
from webchat.messages.views import box, deeds, pages, slash
from webchat.messages.views import later as waiting
from webchat.session.changes import ConnectionChanged
from webchat.slice import NavEntry, Slice, by_account
from webchat.web.language import N_
from webchat.xmpp import events
from webchat.xmpp import namespaces as ns

_TO = "/conversations/{jid:path}"

slice = Slice(
    name="messages",
    routes=[
        Route(f"{_TO}/messages", views.create, methods=["POST"], name="message-create"),
        Route(f"{_TO}/draft", views.draft, methods=["POST"], name="draft"),
        Route(f"{_TO}/draft/delete", views.drop_other_draft, methods=["POST"], name="draft-delete"),
        Route(f"{_TO}/chat-state", views.chat_state, methods=["POST"], name="chat-state"),
        Route(f"{_TO}/displayed", views.displayed, methods=["POST"], name="displayed"),
        Route(f"{_TO}/people", box.people, methods=["GET"], name="people-here"),
        Route(f"{_TO}/commands", box.table, methods=["GET"], name="commands"),
        Route(f"{_TO}/preview", box.preview, methods=["GET"], name="habit-preview"),
        Route(f"{_TO}/help", box.help, methods=["GET"], name="commands-help"),
        Route(f"{_TO}/older", views.older, methods=["GET"], name="older"),
        Route(f"{_TO}/gaps/{{id:int}}", views.fill_gap, methods=["POST"], name="gap-fill"),
        Route(f"{_TO}/composer", pages.composer, methods=["GET"], name="composer"),
        Route("/messages/{id:int}", pages.message, methods=["GET"], name="message"),
        Route("/messages/{id:int}/menu", pages.menu, methods=["GET"], name="message-menu"),
        Route("/messages/{id:int}/source", pages.source, methods=["GET"], name="message-source"),
        Route("/messages/{id:int}/reactions", deeds.react, methods=["POST"], name="message-react"),
        Route("/messages/{id:int}/retraction", deeds.retract, methods=["POST"], name="message-retract"),
        Route("/messages/{id:int}/moderation", deeds.moderate, methods=["POST"], name="message-moderate"),
        Route("/messages/{id:int}/hide", deeds.hide, methods=["POST"], name="message-hide"),
        Route("/messages/{id:int}/hide/delete", deeds.unhide, methods=["POST"], name="message-unhide"),
        Route("/messages/{id:int}/save", deeds.save, methods=["POST"], name="message-save"),
        Route("/messages/{id:int}/save/delete", deeds.unsave, methods=["POST"], name="message-unsave"),
        Route("/messages/{id:int}/forward", deeds.forward, methods=["POST"], name="message-forward"),
        Route("/messages/{id:int}/undo", deeds.undo, methods=["POST"], name="message-undo"),
        Route("/messages/{id:int}/remind", waiting.remind, methods=["POST"], name="message-remind"),
        Route("/messages/{id:int}/remind/delete", waiting.forget, methods=["POST"], name="remind-delete"),
        Route(f"{_TO}/later", waiting.begin, methods=["GET"], name="later-begin"),
        Route(f"{_TO}/later", waiting.create, methods=["POST"], name="later-create"),
        Route("/later", waiting.index, methods=["GET"], name="later"),
        Route("/later/{id:int}", waiting.move, methods=["POST"], name="later-move"),
        Route("/later/{id:int}/send", waiting.send, methods=["POST"], name="later-send"),
        Route("/later/{id:int}/delete", waiting.delete, methods=["POST"], name="later-delete"),
        Route("/saved", pages.saved, methods=["GET"], name="saved"),
        Route("/messages/{id:int}/retry", views.retry, methods=["POST"], name="message-retry"),
        Route("/messages/{id:int}/delete", views.remove, methods=["POST"], name="message-remove"),
    ],
    handlers={
        events.MessageReceived: handlers.on_message,
        events.MessageCorrected: corrections.on_message_corrected,
        events.MessageRetracted: facts.on_message_retracted,
        events.MessageModerated: facts.on_message_moderated,
        events.ReactionReceived: facts.on_reaction,
        events.ReceiptReceived: handlers.on_receipt,
        events.DisplayedReceived: handlers.on_displayed,
        events.MessageFailed: handlers.on_failed,
        events.StanzaAcked: handlers.on_acked,
        events.ChatStateReceived: handlers.on_chat_state,
        events.ArchivePage: handlers.on_archive_page,
        events.ReadMarksReceived: handlers.on_read_marks,
    },
    fragments={
        (MessageChanged, "conversation"): fragments.rows,
        (TimelineChanged, "conversation"): fragments.stale,
        (TypingChanged, "conversation"): fragments.typing,
        (ComingsChanged, "conversation"): fragments.comings,
        (DraftChanged, "conversation"): fragments.draft,
        (UnreadChanged, "*"): fragments.unread,
        (LaterChanged, "conversation"): fragments.later_line,
        (LaterChanged, "later"): fragments.later_list,
        (TypingChanged, "chats"): overview.typing,
        (TypingChanged, "rooms"): overview.typing,
        **{
            (change, kind): fragment
            for kind in PAGES
            for change, fragment in (
                (ConversationChanged, overview.rows),
                (ConversationClosed, overview.everything),
                (ContactChanged, overview.people),
                (RosterChanged, overview.everything),
                (ConnectionChanged, overview.everything),
            )
        },
    },
    nav=(NavEntry(N_("Saved"), "/saved", "bookmark", order=80, aside=True),),
    counters={"chats": by_account(store.unread_total)},
    commands=slash.COMMANDS,
    sync=[jobs.catch_up, later.ring],
    jobs=[later.keep_hours],
    features=[
        ns.CHAT_STATES,
        ns.RECEIPTS,
        ns.CHAT_MARKERS,
        ns.SID,
        ns.CORRECT,
        ns.REACTIONS,
        ns.REPLY,
        ns.RETRACT,
        ns.FALLBACK,
        ns.SPOILER,
        ns.MENTIONS,
        ns.MENTIONS_CHANNEL,
    ],
)
