"""This slice is what other programs and pages share to here: it is held, shown, and sent after a click."""

from starlette.routing import Route

from webchat.share import views
from webchat.slice import Slice

slice = Slice(
    name="share",
    routes=[
        Route("/share", views.index, methods=["GET"], name="share"),
        Route("/share", views.act, methods=["POST"], name="share-act"),
        Route("/share/files", views.take, methods=["POST"], name="share-take"),
        Route("/share/{token}", views.held, methods=["GET"], name="share-held"),
    ],
)
