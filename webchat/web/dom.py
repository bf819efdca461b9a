"""This room is the only maker of element ids; all of them are CSS selectors without escaping."""

from functools import lru_cache
from hashlib import sha256

main = "main"
conversations = "conversations"
connection = "connection"
counters = "counters"
toasts = "toasts"
requests = "requests"
own_face = "own-face"
own_name = "own-name"
own_presence = "own-presence"
results = "results"
new_divider = "new-divider"
invitations = "invitations"
notifications = "notifications"
details = "details"
question = "question"
members = "members"
comment_box = "comment-box"
node_posts = "node-posts"
node_pill = "node-pill"
news_pill = "news-pill"
around = "around"
suggestions = "suggestions"
subscriptions = "subscriptions"
own_sharing = "own-sharing"
own_place = "own-place"
blocked = "blocked"
admin_glance = "admin-glance"
admin_reports = "admin-reports"
admin_present = "admin-present"
admin_people = "admin-people"
admin_blocks = "admin-blocks"
admin_often = "admin-often"
admin_numbers = "admin-numbers"
sights = "sights"
person_posts = "person-posts"
waiting = "waiting"


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """Sixteen hex digits for any text, e.g. an address: a JID may hold characters that no selector takes."""
    return sha256(text.encode()).hexdigest()[:16]


def timeline(jid: str) -> str:
    """The list of messages of one conversation."""
    return f"timeline-{key(jid)}"


def message(id: int) -> str:
    """One message."""
    return f"message-{id:d}"


def author(id: int) -> str:
    """The line above a message of a room: who says it."""
    return f"author-{id:d}"


def part(kind: str, id: int) -> str:
    """A part of one message: what is "said", its "quote", "reactions", "menu" or "deeds"."""
    return f"{kind}-{id:d}"


def choice(kind: str, number: int) -> str:
    """One of several fields of a form."""
    return f"{kind}-{number:d}"


def conversation(jid: str) -> str:
    """One row of the list of conversations."""
    return f"conversation-{key(jid)}"


def share_row(jid: str) -> str:
    """One conversation that something may be sent to."""
    return f"share-{key(jid)}"


def share_choice(jid: str) -> str:
    """What chooses it."""
    return f"share-to-{key(jid)}"


def typing(jid: str) -> str:
    """The place of "Juliet is typing"."""
    return f"typing-{key(jid)}"


def comings(jid: str) -> str:
    """The place of "Juliet came, Tybalt left"."""
    return f"comings-{key(jid)}"


def state(jid: str) -> str:
    """The place of what is said about the last own message."""
    return f"state-{key(jid)}"


def composer(jid: str) -> str:
    """The form that writes to one conversation."""
    return f"composer-{key(jid)}"


def draft(jid: str) -> str:
    """The draft of one conversation, as the other tabs left it."""
    return f"draft-{key(jid)}"


def later(jid: str) -> str:
    """How many messages wait to be sent later to one conversation."""
    return f"later-{key(jid)}"


def presence(jid: str) -> str:
    """The head of a conversation with name and presence."""
    return f"presence-{key(jid)}"


def room(jid: str) -> str:
    """What the head says of a room beside its name."""
    return f"room-{key(jid)}"


def room_name(jid: str) -> str:
    """The name of a room in its head."""
    return f"room-name-{key(jid)}"


def door(jid: str) -> str:
    """What stands where one would write while one is not in a room."""
    return f"door-{key(jid)}"


def person(jid: str) -> str:
    """What the page about somebody says of them."""
    return f"person-{key(jid)}"


def talk(jid: str) -> str:
    """What was said in one conversation, and the box one writes in."""
    return f"talk-{key(jid)}"


def older(jid: str) -> str:
    """The link to older messages."""
    return f"older-{key(jid)}"


def files(id: int) -> str:
    """The files of one message."""
    return f"files-{id:d}"


def attach(jid: str) -> str:
    """The buttons that put files into one conversation."""
    return f"attach-{key(jid)}"


def gap(id: int) -> str:
    """A hole in the history that can be filled."""
    return f"gap-{id:d}"


def mode(jid: str) -> str:
    """What one conversation tells: the choices in its menu."""
    return f"mode-{key(jid)}"


def field(number: int) -> str:
    """One question of a form that somebody else made."""
    return f"field-{number:d}"


def field_place(number: int) -> str:
    """The place of that question."""
    return f"field-place-{number:d}"


def field_error(number: int) -> str:
    """What is wrong with its answer."""
    return f"field-error-{number:d}"


def field_option(number: int, option: int) -> str:
    """One answer that it offers."""
    return f"field-{number:d}-{option:d}"


def card(message_id: int, number: int) -> str:
    """What the page behind a link of a message says of itself."""
    return f"card-{message_id:d}-{number:d}"


def follow(service: str, node: str) -> str:
    """The button that follows one node."""
    return f"follow-{key(f'{service} {node}')}"


def post(id: int) -> str:
    """The card of one post."""
    return f"post-{id:d}"


def article(id: int) -> str:
    """One post as a whole."""
    return f"article-{id:d}"


def post_talk(id: int) -> str:
    """What is said about one post: hearts and comments."""
    return f"post-talk-{id:d}"


def comment(id: int) -> str:
    """One comment."""
    return f"comment-{id:d}"


def line(kind: str, name: str | int) -> str:
    """One line of a list of the operator's page: a "report", "login" or "block"."""
    return f"admin-{kind}-{key(str(name))}"


def servers(kind: str) -> str:
    """One of the lists of servers with communities."""
    return f"servers-{kind}"
