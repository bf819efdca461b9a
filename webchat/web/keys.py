"""This room lists the keys of the site, for the window that "?" opens and for the page about the site."""

from webchat.web.language import N_

EVERYWHERE = (
    ("Ctrl+K", N_("Go to a chat, a room or a page")),
    ("/ Ctrl+F", N_("Search here; once more for the browser’s own search")),
    ("Alt+↑ Alt+↓", N_("Previous and next chat")),
    ("Alt+Shift+↑ Alt+Shift+↓", N_("Previous and next unread chat")),
    ("?", N_("Show these keys")),
    ("Esc", N_("Close what is open")),
    ("Esc", N_("Mark the chat as read, where nothing is open")),
)
"""Keys that hold on every page: what to press, a space between two ways, and a message id."""

POSTS = (
    ("J K", N_("Next and previous post")),
    ("O Enter", N_("Open the post")),
    ("L", N_("Like it")),
    ("R", N_("Comment on it")),
    ("N", N_("Write a new post")),
)
"""Keys of lists of posts; the last three also hold on the page of one."""

WRITING = (
    ("Enter", N_("Send (or begin a new line: Configuration lets you choose)")),
    ("Shift+Enter", N_("Begin a new line (or send)")),
    ("↑", N_("Change what you said last, where nothing is written yet")),
    ("Ctrl+B Ctrl+I Ctrl+E", N_("Bold, italic, code")),
    ("Ctrl+Shift+X", N_("Struck through")),
    (": @ /", N_("Complete an emoji, a person, a command")),
)
"""Keys of the box that messages are written in."""

READING = (
    ("↑ ↓", N_("From message to message, where one has the focus")),
    ("Shift+F10", N_("What can be done with a message")),
    ("← → + -", N_("Next picture, larger, smaller, where a picture is open")),
)
"""Keys among messages and pictures."""
