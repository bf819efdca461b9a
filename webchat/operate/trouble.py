"""This room holds the one error of operator commands, and how they speak."""

import sys


class Trouble(Exception):
    """The command cannot do it; the text is a whole sentence for the operator, with the remedy."""


def say(text: str = "") -> None:
    """One line for whoever started the command."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def number(count: int, thing: str) -> str:
    """ "1 session", "2 sessions"."""
    return f"{count} {thing}" + ("" if count == 1 else "s")
