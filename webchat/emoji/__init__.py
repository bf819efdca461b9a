"""This slice is pictures to write with: packs of the operator, each user's favourites, others' own."""

from starlette.routing import Route

from webchat.emoji import views
from webchat.slice import Slice
from webchat.xmpp import namespaces as ns

slice = Slice(
    name="emoji",
    routes=[
        Route("/emoji.json", views.table, methods=["GET"], name="emoji-table"),
        Route("/emoji/from/{token}", views.received, methods=["GET"], name="emoji-received"),
        Route("/emoji/{sha1}", views.picture, methods=["GET"], name="emoji-picture"),
        Route("/configuration/emoji", views.index, methods=["GET"], name="emoji"),
        Route("/configuration/emoji", views.change, methods=["POST"], name="emoji-change"),
    ],
    features=[ns.BITS],
)
