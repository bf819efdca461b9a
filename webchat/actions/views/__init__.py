"""This floor answers browsers about commands, our server, and the blocked."""

from starlette.routing import Route

from webchat.actions.show.runs import ACTIONS
from webchat.actions.views import blocked, commands, gateways

routes = (
    Route(ACTIONS, commands.index, methods=["GET"], name="actions"),
    Route(f"{ACTIONS}/server", commands.server_information, methods=["GET"], name="actions-server"),
    Route(f"{ACTIONS}/at/{{jid:path}}", commands.at, methods=["GET"], name="actions-at"),
    Route(f"{ACTIONS}/at/{{jid:path}}", commands.begin, methods=["POST"], name="actions-begin"),
    Route(f"{ACTIONS}/runs/{{id}}", commands.run, methods=["GET"], name="actions-run"),
    Route(f"{ACTIONS}/runs/{{id}}", commands.go_on, methods=["POST"], name="actions-go-on"),
    Route(f"{ACTIONS}/gateways/{{jid}}", gateways.show_form, methods=["GET"], name="gateway"),
    Route(f"{ACTIONS}/gateways/{{jid}}", gateways.register, methods=["POST"], name="gateway-register"),
    Route(f"{ACTIONS}/gateways/{{jid}}/delete", gateways.unregister, methods=["POST"], name="gateway-delete"),
    Route(blocked.PATH, blocked.index, methods=["GET"], name="blocked"),
    Route(blocked.PATH, blocked.block, methods=["POST"], name="blocked-add"),
    Route(f"{blocked.PATH}/delete", blocked.unblock, methods=["POST"], name="blocked-delete"),
)
