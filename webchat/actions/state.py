"""This room remembers the commands that are being run, so that each tab has its own."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from webchat.xmpp.adhoc import Step

MOST = 30
"""Commands that are remembered; the oldest goes when there are more."""


@dataclass
class Run:
    """One command on its way.

    turn   counts its steps, so that a page which is behind is known as such
    busy   its answer is awaited
    over   the other side knows nothing of it any more
    """

    id: str
    jid: str
    node: str
    name: str
    step: Step
    turn: int = 0
    busy: bool = False
    over: bool = False

    @property
    def going(self) -> bool:
        """Whether there is a next step."""
        return self.step.status == "executing" and not self.over


class Runs:
    """The commands of a session by their id, which nobody can guess."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, Run] = OrderedDict()

    def add(self, jid: str, node: str, name: str, step: Step) -> Run:
        """A command was begun."""
        run = Run(secrets.token_urlsafe(12), jid, node, name, step)
        self._runs[run.id] = run
        while len(self._runs) > MOST:
            self._runs.popitem(last=False)
        return run

    def get(self, id: str) -> Run | None:
        """A command that was begun, unless that is long ago or the program was started anew since."""
        return self._runs.get(id)
