"""This slice is what was said: messages and their states, the timeline, the composer, drafts, read marks."""

from starlette.routing import Route

from webchat.messages import fragments, handlers, jobs, store, views
from webchat.messages.changes import (
    DraftChanged,
    MessageChanged,
    TimelineChanged,
    TypingChanged,
    UnreadChanged,
)
from webchat.slice import Slice
from webchat.xmpp import events
from webchat.xmpp import namespaces as ns

_TO = "/conversations/{jid}"

slice = Slice(
    name="messages",
    routes=[
        Route(f"{_TO}/messages", views.create, methods=["POST"], name="message-create"),
        Route(f"{_TO}/draft", views.draft, methods=["POST"], name="draft"),
        Route(f"{_TO}/draft/delete", views.drop_other_draft, methods=["POST"], name="draft-delete"),
        Route(f"{_TO}/chat-state", views.chat_state, methods=["POST"], name="chat-state"),
        Route(f"{_TO}/displayed", views.displayed, methods=["POST"], name="displayed"),
        Route(f"{_TO}/older", views.older, methods=["GET"], name="older"),
        Route(f"{_TO}/gaps/{{id:int}}", views.fill_gap, methods=["POST"], name="gap-fill"),
        Route("/messages/{id:int}", views.whole, methods=["GET"], name="message"),
        Route("/messages/{id:int}/retry", views.retry, methods=["POST"], name="message-retry"),
        Route("/messages/{id:int}/delete", views.remove, methods=["POST"], name="message-remove"),
    ],
    handlers={
        events.MessageReceived: handlers.on_message,
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
        (DraftChanged, "conversation"): fragments.draft,
        (UnreadChanged, "*"): fragments.unread,
    },
    counters={"chats": store.unread_total},
    sync=[jobs.catch_up],
    features=[ns.CHAT_STATES, ns.RECEIPTS, ns.CHAT_MARKERS, ns.SID],
)
