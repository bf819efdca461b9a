"""This floor makes of servers, their commands and the blocked what templates draw."""

from webchat.actions.show.blocked import BlockedView, blocked
from webchat.actions.show.runs import (
    CommandView,
    ListView,
    RunView,
    address_path,
    command_list,
    labelled,
    run_path,
    run_view,
)
from webchat.actions.show.server import GatewayView, ServerView, UpView, gateways, server_view, up

__all__ = [
    "BlockedView",
    "CommandView",
    "GatewayView",
    "ListView",
    "RunView",
    "ServerView",
    "UpView",
    "address_path",
    "blocked",
    "command_list",
    "gateways",
    "labelled",
    "run_path",
    "run_view",
    "server_view",
    "up",
]
