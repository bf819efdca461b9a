"""This slice is what the site says of itself: a page for people, figures and a program for machines."""

from starlette.routing import Route

from webchat.about import views
from webchat.slice import Slice

slice = Slice(
    name="about",
    routes=[
        Route("/about", views.index, methods=["GET"], name="about"),
        Route("/about/source.tar.gz", views.source, methods=["GET"], name="source"),
        Route("/.well-known/nodeinfo", views.nodeinfo_links, methods=["GET"], name="nodeinfo-links"),
        Route("/nodeinfo/{version}", views.nodeinfo, methods=["GET"], name="nodeinfo"),
        Route("/statistics.json", views.statistics, methods=["GET"], name="statistics"),
    ],
)
