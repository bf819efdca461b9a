"""This floor answers browsers about news, what there is to find, and what is followed."""

from starlette.routing import Route

from webchat.news.views import explore, follows, reading

_NODE = "/nodes/{service}/{node}/subscription"

routes = (
    Route("/news", reading.index, methods=["GET"], name="news"),
    Route("/explore", explore.index, methods=["GET"], name="explore"),
    Route("/explore", explore.choose, methods=["POST"], name="explore-choose"),
    Route("/explore/tags/{tag}", explore.tag, methods=["GET"], name="explore-tag"),
    Route("/subscriptions", follows.index, methods=["GET"], name="subscriptions"),
    Route(_NODE, follows.dialog, methods=["GET"], name="follow-dialog"),
    Route(_NODE, follows.follow, methods=["POST"], name="follow"),
    Route(f"{_NODE}/notices", follows.tell, methods=["POST"], name="follow-tell"),
    Route(f"{_NODE}/delete", follows.unfollow, methods=["POST"], name="unfollow"),
)
