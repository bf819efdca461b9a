"""This slice is sending files: the form for it, and the messages that carry them."""

from starlette.routing import Route

from webchat.files import views
from webchat.slice import Slice
from webchat.xmpp import namespaces as ns

_FILES = "/conversations/{jid:path}/files"

slice = Slice(
    name="files",
    routes=[
        Route(_FILES, views.form, methods=["GET"], name="files"),
        Route(_FILES, views.send, methods=["POST"], name="files-send"),
    ],
    features=[ns.SFS, ns.FILE_METADATA, ns.SIMS, ns.OOB],
)
