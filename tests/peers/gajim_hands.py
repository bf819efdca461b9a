"""This room is started in the place of Gajim: Gajim itself, with hands that a test moves through a socket.

The system's Python runs it, for that one has Gajim. The hands press keys and buttons of its windows and read
what these show; nothing else of Gajim is touched but its settings before its first login.
"""

import json
import socket
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

GLib: Any = import_module("gi.repository.GLib")
LOCKED = {
    "use_keyring": False,
    "send_on_ctrl_enter": False,
    "enable_file_preview": True,
    "use_speller": False,
}
ACCOUNT = "lab"


class Hands:
    """What a test can have done."""

    def __init__(self) -> None:
        self.app: Any = import_module("gajim.common.app")
        self.gtk: Any = import_module("gi.repository.Gtk")
        self.gdk: Any = import_module("gi.repository.Gdk")
        self.jid: Any = import_module("nbxmpp.protocol").JID

    # ---- before the first login

    def login(self, jid: str, password: str, port: int) -> None:
        """Make the account, as its assistant does, and go online."""
        const = import_module("nbxmpp.const")
        for name, value in LOCKED.items():
            self.app.settings.set(name, value)
        name, _, domain = jid.partition("@")
        host = (f"127.0.0.1:{port}", const.ConnectionProtocol.TCP, const.ConnectionType.START_TLS)
        self.app.app.create_account(ACCOUNT, name, domain, password, None, host)
        self.app.app.enable_account(ACCOUNT)

    def shown(self) -> bool:
        """Whether its first window is there."""
        return any(window.get_mapped() for window in self.gtk.Window.list_toplevels())

    def ready(self) -> bool:
        """Whether it is online and has its window."""
        return bool(self.app.window is not None and self.app.account_is_available(ACCOUNT))

    # ---- what a user does

    def open(self, jid: str) -> None:
        """Open the chat with somebody."""
        self.app.window.add_chat(ACCOUNT, self.jid.from_string(jid), "contact", select=True)

    def join(self, room: str, nick: str) -> None:
        """Go into a room."""
        self.app.window.show_add_join_groupchat(ACCOUNT, room, nickname=nick)

    def type(self, text: str) -> None:
        """Write into the place for messages, over what stands there."""
        box = self._box()
        box.get_buffer().set_text("")
        box.insert_text(text)

    def key(self, name: str, control: bool = False) -> None:
        """Press a key in the place for messages."""
        event = self.gdk.Event.new(self.gdk.EventType.KEY_PRESS)
        event.keyval = self.gdk.keyval_from_name(name)
        event.state = self.gdk.ModifierType.CONTROL_MASK if control else self.gdk.ModifierType(0)
        event.window = self._box().get_window(self.gtk.TextWindowType.TEXT)
        event.send_event, event.time = True, self.gdk.CURRENT_TIME
        self._box().emit("key-press-event", event)

    def about(self, jid: str) -> None:
        """Open what is known of somebody."""
        self.app.window.contact_info(ACCOUNT, jid)

    def profile(self) -> None:
        """Open the window where one says who one is."""
        import_module("gajim.gtk.util").open_window("ProfileWindow", account=ACCOUNT)

    def add(self, entry: str) -> None:
        """Add a line to that, by the menu of its window."""
        window = next(one for one in self.gtk.Window.list_toplevels() if one.get_name() == "ProfileWindow")
        window.lookup_action(f"add-{entry}").activate(None)

    def fill(self, kind: str, text: str) -> None:
        """Write into a line of a form, by the name of its widget or of its kind."""
        for one in self._shown(self.gtk.Entry):
            if kind in (self.gtk.Buildable.get_name(one), type(one).__name__) and one.get_sensitive():
                one.set_text(text)
                return
        raise LookupError(f"no line {kind!r}")

    def press(self, label: str) -> None:
        """Press the button that is called so, in whatever window it is."""
        for button in self._shown(self.gtk.Button):
            if (button.get_label() or "").replace("_", "") == label and button.get_sensitive():
                button.clicked()
                return
        raise LookupError(f"no button {label!r}")

    # ---- what a user sees

    def rows(self) -> list[dict[str, Any]]:
        """The messages of the open chat as they are drawn."""
        return [self._row(row) for row in self._rows()]

    def words(self) -> list[str]:
        """Every text that stands in its windows."""
        written = [one.get_buffer() for one in self._shown(self.gtk.TextView)]
        longer = [one.get_text(*one.get_bounds(), True) for one in written]
        return [text for text in (*(one.get_text() for one in self._shown(self.gtk.Label)), *longer) if text]

    def _row(self, row: Any) -> dict[str, Any]:
        inside = [one for one in self._below(row) if one.get_mapped()]
        pictures = [one for one in inside if isinstance(one, self.gtk.Image)]
        name = next((one.get_text() for one in inside if type(one).__name__ == "NicknameLabel"), "")
        return {
            "name": name,
            "text": row.get_text(),
            "quoted": [self._texts(one) for one in inside if type(one).__name__ == "QuoteWidget"],
            "icons": [one.get_icon_name()[0] or "" for one in pictures],
            "picture": max([one.get_pixbuf().get_width() for one in pictures if one.get_pixbuf()], default=0),
            "classes": row.get_style_context().list_classes(),
        }

    def _texts(self, widget: Any) -> str:
        return "\n".join(one.get_text() for one in self._below(widget) if isinstance(one, self.gtk.Label))

    def _rows(self) -> Iterator[Any]:
        return (one for one in self._shown(self.gtk.ListBoxRow) if type(one).__name__ == "MessageRow")

    def _box(self) -> Any:
        return self.app.window.get_chat_stack().get_message_input()

    def _shown(self, kind: Any) -> Iterator[Any]:
        for window in self.gtk.Window.list_toplevels():
            if window.get_mapped():
                yield from (one for one in self._below(window) if isinstance(one, kind) and one.get_mapped())

    def _below(self, widget: Any) -> Iterator[Any]:
        yield widget
        if isinstance(widget, self.gtk.Container):
            children: list[Any] = []
            widget.forall(children.append)
            for child in children:
                yield from self._below(child)


def answer(hands: Hands, line: bytes) -> bytes:
    """Do what one line asks for; what came of it, or why not."""
    try:
        name, *arguments = json.loads(line)
        value = getattr(hands, name)(*arguments)
    except Exception as error:
        return json.dumps({"error": repr(error)}).encode() + b"\n"
    return json.dumps({"value": value}).encode() + b"\n"


def listen(path: str) -> None:
    """Take lines from who comes to this socket, each between two of Gajim's own moments."""
    hands: list[Hands] = []
    door = socket.socket(socket.AF_UNIX)
    door.bind(path)
    door.listen(1)

    def come(*_: Any) -> bool:
        guest, _address = door.accept()
        lines = guest.makefile("rb")

        def hear(*_: Any) -> bool:
            line = lines.readline()
            if not line:
                return False
            if not hands:
                hands.append(Hands())
            guest.sendall(answer(hands[0], line))
            return True

        GLib.io_add_watch(guest, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, hear)
        return True

    GLib.io_add_watch(door, GLib.PRIORITY_DEFAULT, GLib.IO_IN, come)


if __name__ == "__main__":
    listen(sys.argv.pop())
    import_module("gajim.gajim").main()
