"""This room answers requests about the browsers that are told by their push service."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from webchat.notifications import commands
from webchat.notifications.forms import SubscribeForm, SwitchForm
from webchat.web import answer
from webchat.web.request import language, signed_in

PAGE = "/configuration/notifications"


async def subscribe(request: Request) -> Response:
    """POST /push: what a script of ours, or the worker, had from the browser. No page waits for an answer."""
    asks = signed_in(request)
    form = await SubscribeForm.read(request)
    await commands.subscribe(asks.session, asks.login_id, form, language(request))
    return Response(status_code=204)


async def switch(request: Request) -> Response:
    """POST /push/{id}: whether this browser is told."""
    form = await SwitchForm.read(request)
    await commands.switch(signed_in(request).session, request.path_params["id"], active=form.active)
    return answer.done(request, f"{PAGE}#push")


async def unsubscribe(request: Request) -> Response:
    """POST /push/{id}/delete: forget a browser."""
    await commands.unsubscribe(signed_in(request).session, request.path_params["id"])
    return answer.done(request, f"{PAGE}#push")


async def test(request: Request) -> Response:
    """POST /push/{id}/test: the page then says what the push service said."""
    outcome = await commands.test(signed_in(request).session, request.path_params["id"])
    return answer.done(request, f"{PAGE}?tested={outcome}#push")


routes = (
    Route("/push", subscribe, methods=["POST"], name="push"),
    Route("/push/{id:int}", switch, methods=["POST"], name="push-switch"),
    Route("/push/{id:int}/delete", unsubscribe, methods=["POST"], name="push-delete"),
    Route("/push/{id:int}/test", test, methods=["POST"], name="push-test"),
)
