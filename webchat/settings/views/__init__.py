"""This room answers browsers about preferences."""

from starlette.routing import Route

from webchat.settings.views import preferences, server

PATH = preferences.PATH

routes = (
    Route("/configuration", preferences.index, methods=["GET"], name="configuration"),
    Route(PATH, preferences.show, methods=["GET"], name="preferences"),
    Route(PATH, preferences.update, methods=["POST"], name="preferences-update"),
    Route(f"{PATH}/undo", preferences.undo, methods=["POST"], name="preferences-undo"),
    Route("/configuration/public", server.public, methods=["POST"], name="public-update"),
    Route("/configuration/archive", server.archive, methods=["POST"], name="archive-update"),
    Route("/configuration/archive/exceptions", server.exception, methods=["POST"], name="archive-exception"),
    Route("/configuration/readers", server.readers, methods=["POST"], name="readers-update"),
    Route("/configuration/theme", preferences.theme, methods=["POST"], name="theme-update"),
    Route("/configuration/media", preferences.media, methods=["GET"], name="media"),
)
