"""This slice is bytes: bringing files to the user's server, and handing out those of others through us."""

from starlette.routing import Route

from webchat.slice import Slice
from webchat.uploads import jobs, views

slice = Slice(
    name="uploads",
    routes=[
        Route("/uploads", views.limits, methods=["GET"], name="uploads"),
        Route("/media/{token}", views.media, methods=["GET"], name="media"),
    ],
    sync=[jobs.find_place],
)
