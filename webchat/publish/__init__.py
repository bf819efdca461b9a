"""This slice is writing posts: the sheet, its drafts, its preview, and what waits for its hour."""

from starlette.routing import Route

from webchat.publish import jobs, store, views
from webchat.publish.views import drafts, send
from webchat.slice import NavEntry, Slice, by_account
from webchat.web.language import N_

slice = Slice(
    name="publish",
    routes=[
        Route("/publish", views.index, methods=["GET"], name="publish"),
        Route("/publish/files", views.act, methods=["POST"], name="publish-act"),
        Route("/publish/draft", views.save, methods=["POST"], name="publish-draft"),
        Route("/publish/drafts", drafts.index, methods=["GET"], name="publish-drafts"),
        Route("/publish/drafts", drafts.act, methods=["POST"], name="publish-drafts-act"),
        Route("/publish/send", send.form, methods=["GET"], name="publish-send"),
        Route("/publish/send", send.send, methods=["POST"], name="publish-send-act"),
    ],
    counters={"publish": by_account(store.troubled_total)},
    jobs=[jobs.send_scheduled],
    nav=(NavEntry(N_("Publish"), "/publish", "square-pen", order=5, counter="publish", aside=True),),
)
