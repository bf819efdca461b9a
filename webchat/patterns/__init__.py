"""This slice is the page of patterns: every partial in every state, for eyes and screenshots."""

from starlette.routing import Route

from webchat.patterns import views
from webchat.slice import Slice

slice = Slice(name="patterns", routes=[Route("/patterns", views.index, methods=["GET"], name="patterns")])
