"""This room puts the house together: slices added up, middlewares in order, the life of the process."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from webchat import (
    about,
    account,
    actions,
    admin,
    attention,
    blog,
    chats,
    complaints,
    contacts,
    emoji,
    files,
    messages,
    news,
    nodes,
    notifications,
    patterns,
    posts,
    profile,
    publish,
    rooms,
    search,
    share,
    uploads,
)
from webchat import settings as preferences
from webchat.admin.jobs import watch
from webchat.change import Change
from webchat.config import Settings
from webchat.db.engine import Database
from webchat.egress import Guard
from webchat.emoji import store as packs
from webchat.errors import WebchatError
from webchat.files.commands import send_files
from webchat.media import tokens
from webchat.media.fetch import Fetcher
from webchat.messages.jobs import cards, retention
from webchat.messages.show import shared
from webchat.notifications import jobs as pushes
from webchat.notifications.jobs.wake import wake
from webchat.posts.store.public import count_public
from webchat.publish.commands.outside import begin_sheet
from webchat.publish.commands.shared import shared as shared_posts
from webchat.session import accounts, figures, measures
from webchat.session import complaints as reported
from webchat.session.changes import ConnectionChanged
from webchat.session.ending import end_tasks
from webchat.session.registry import Sessions
from webchat.session.session import Behaviour, Session
from webchat.share.commands import Ways
from webchat.share.state import Shelf
from webchat.slice import Fragment, NavEntry, SlashCommand, Slice
from webchat.uploads.commands import Media
from webchat.uploads.store import Cache
from webchat.web import (
    errors,
    headers,
    limits,
    manifest,
    origin,
    probe,
    request,
    shell,
    static,
    stream,
    templates,
    worker,
)
from webchat.web.metrics import MEDIA_TYPE, Metrics
from webchat.xmpp import bits
from webchat.xmpp.connector import Connector
from webchat.xmpp.events import ConnectionStateChanged
from webchat.xmpp.resolve import Resolver

log = logging.getLogger(__name__)

SLICES = (
    about.slice,
    account.slice,
    contacts.slice,
    notifications.slice,
    uploads.slice,
    emoji.slice,
    messages.slice,
    posts.slice,
    files.slice,
    share.slice,
    chats.slice,
    rooms.slice,
    news.slice,
    nodes.slice,
    publish.slice,
    blog.slice,
    attention.slice,
    search.slice,
    preferences.slice,
    profile.slice,
    actions.slice,
    admin.slice,
    complaints.slice,
    patterns.slice,
)
SOCIAL = frozenset({"posts", "news", "nodes", "publish", "blog"})
"""The slices that a site for chats only goes without."""

LANDING = {"news": "/news", "chats": "/chats"}
"""Where the preference "landing" leads; the first one where nothing was chosen."""


READY_WITHIN = 5.0
"""Seconds for the database: who asks has patience for some more."""


class SlicesDisagree(Exception):
    """Two slices claim the same thing; the text says which and what."""


@dataclass
class House:
    """What the slices say, added up."""

    routes: list[BaseRoute] = field(default_factory=list)
    handlers: dict[type[Any], Any] = field(default_factory=dict)
    fragments: dict[tuple[type[Change], str], list[Fragment]] = field(default_factory=dict)
    counters: dict[str, shell.Counter] = field(default_factory=dict)
    sync: list[Any] = field(default_factory=list)
    jobs: list[Any] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    nav: list[NavEntry] = field(default_factory=list)
    frame: dict[str, Callable[[Session], Any]] = field(default_factory=dict)
    commands: dict[str, SlashCommand] = field(default_factory=dict)

    @property
    def behaviour(self) -> Behaviour:
        """The part that every session gets."""
        return Behaviour(self.handlers, tuple(self.sync), tuple(self.jobs), tuple(sorted(self.features)))


def add_up(slices: Iterable[Slice]) -> House:
    """One table of each kind. Raises SlicesDisagree where an owner must be one and two come forward.

    A change may have many readers, so fragments are no such place.
    """
    house = House()
    owners: dict[object, str] = {ConnectionStateChanged: "the session"}

    def claim(thing: object, words: str, name: str) -> None:
        former = owners.setdefault(thing, name)
        if former is not name:
            raise SlicesDisagree(f"{former} and {name} both claim {words}")

    for one in slices:
        for route in one.routes:
            for method in getattr(route, "methods", None) or ("*",):
                path = getattr(route, "path", "?")
                claim((method, path), f"the route {method} {path}", one.name)
        for event in one.handlers:
            claim(event, f"the event {event.__name__}", one.name)
        for counter in one.counters:
            claim(("counter", counter), f"the counter {counter}", one.name)
        for feature in one.features:
            claim(("feature", feature), f"the feature {feature}", one.name)
        for command in one.commands:
            claim(("command", command.name), f"the command /{command.name}", one.name)
            house.commands[command.name] = command
        for value in one.frame:
            claim(("frame", value), f"the value {value} of the frame", one.name)
        for key, fragment in one.fragments.items():
            house.fragments.setdefault(key, []).append(fragment)
        house.routes += one.routes
        house.handlers |= one.handlers
        house.counters |= one.counters
        house.sync += one.sync
        house.jobs += one.jobs
        house.features += one.features
        house.nav += one.nav
        house.frame |= one.frame
    house.nav.sort(key=lambda entry: entry.order)
    return house


SHELL = Slice(
    name="shell",
    routes=[
        Route("/static/{hash}/{name:path}", static.serve),
        Route("/stream/{kind}/{key:path}", stream.follow),
        Route("/csp-report", headers.report, methods=["POST"]),
        Route("/manifest.webmanifest", manifest.show, name="manifest"),
        Route("/worker.js", worker.show, name="worker"),
        Route("/offline", worker.away, name="offline"),
        Route("/version", worker.version, name="version"),
        Route("/probe/{token}", probe.stream),
    ],
    fragments={(ConnectionChanged, "*"): shell.draw_connection},
)


async def index(request_: Request) -> Response:
    """GET /: the landing page, or the way in."""
    found = request.maybe_signed_in(request_)
    if found is None:
        return RedirectResponse(templates.installed().url("/login"), 303)
    only_chats = request.settings(request_).chat_only
    chosen = "chats" if only_chats else found.preferences.get("landing", "")
    return RedirectResponse(templates.installed().url(LANDING.get(chosen, LANDING["news"])), 303)


async def livez(_: Request) -> Response:
    """GET /livez: the process answers."""
    return PlainTextResponse("ok\n")


async def readyz(request_: Request) -> Response:
    """GET /readyz: the database answers too, and the site does not stop."""
    if request_.app.state.streams.closing:
        return PlainTextResponse("the site stops\n", 503)
    try:
        async with asyncio.timeout(READY_WITHIN), request_.app.state.database.read() as db:
            await db.execute(text("SELECT 1"))
    except Exception as error:
        log.error("not ready: %s", type(error).__name__)
        return PlainTextResponse("the database does not answer\n", 503)
    return PlainTextResponse("ok\n")


OPERATION = Slice(
    name="operation", routes=[Route("/", index), Route("/livez", livez), Route("/readyz", readyz)]
)


def metrics_route(token: str) -> Route:
    """GET /metrics for whoever brings this token."""

    async def metrics(request_: Request) -> Response:
        if not request.has_token(request_, token):
            raise HTTPException(404)
        told = await request_.app.state.metrics.text()
        return PlainTextResponse(told, media_type=MEDIA_TYPE)

    return Route("/metrics", metrics)


def create_app(settings: Settings, slices: Sequence[Slice] = SLICES) -> Starlette:
    """The site. Its database must have been migrated.

    Raises SlicesDisagree.
    """
    present = [each for each in slices if not (settings.chat_only and each.name in SOCIAL)]
    house = add_up([SHELL, OPERATION, *present])
    if settings.metrics.startswith("token:"):
        house.routes.append(metrics_route(settings.metrics.removeprefix("token:")))
    drawn = templates.load(settings.root, settings.base_url.prefix, chat_only=settings.chat_only)
    templates.install(drawn)
    metrics = Metrics()
    app = Starlette(
        routes=house.routes,
        middleware=middlewares(settings, metrics.add),
        exception_handlers={WebchatError: errors.handle, HTTPException: errors.handle},
        lifespan=_lifespan,
    )
    app.router.redirect_slashes = False
    app.state.settings = settings
    app.state.behaviour = house.behaviour
    app.state.counters = house.counters
    app.state.nav = house.nav
    app.state.frame = house.frame
    app.state.commands = house.commands
    app.state.static = drawn.static
    app.state.metrics = metrics
    app.state.login_limits = limits.LoginLimits()
    app.state.readers = limits.Rate(limits.PAGES_A_MINUTE, 60)
    app.state.takers = limits.Rate(limits.COPIES_AN_HOUR, 3600)
    app.state.viewers = limits.Rate(limits.PICTURES_A_MINUTE, 60)
    app.state.shelf = Shelf()
    app.state.share_ways = Ways(send_files, None if settings.chat_only else begin_sheet)
    app.state.reports = limits.Rate(headers.REPORTS_A_MINUTE, 60)
    app.state.streams = stream.Streams(house.fragments, house.counters, metrics)
    return app


def middlewares(settings: Settings, count: Callable[[str], None]) -> list[Middleware]:
    """From the outside in. Headers come first, so that no answer goes without them, errors included; who asks
    is found out only for requests that have passed the cheap checks."""
    return [
        Middleware(headers.SecurityHeaders, settings),
        Middleware(request.Arrival, settings),
        Middleware(errors.Crashes, count),
        Middleware(origin.Hosts, settings),
        Middleware(GZipMiddleware, minimum_size=500, compresslevel=6),
        Middleware(limits.BodyLimit, files=settings.max_upload + limits.BODY),
        Middleware(request.WhoAsks, settings),
        Middleware(origin.SameSite, settings),
    ]


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    templates.installed().warm()
    database = Database(settings.database_url)
    guard = Guard(settings.allow_private)
    resolver = Resolver(guard, settings.xmpp_hosts)
    ca_file = str(settings.xmpp_ca_file) if settings.xmpp_ca_file else None
    connector = Connector(resolver, ca_file)
    sessions = Sessions(
        database,
        app.state.behaviour,
        connector,
        settings.secret_key,
        linger_hours=settings.linger_hours,
        max_sessions=settings.max_sessions,
    )
    tokens.install(settings.secret_key)
    fetcher = Fetcher(guard, resolver.addresses, ca_file)
    app.state.media = Media(fetcher, Cache(settings.data_dir / "media"), settings.max_upload)
    shared.install(None if settings.chat_only else shared_posts)
    figures.install(None if settings.chat_only else count_public)
    packs.install(packs.Library(settings.data_dir / packs.FOLDER))
    bits.install(packs.library().bits)
    pushes.install(pushes.Pusher.of(fetcher, settings, app.state.metrics.add))
    cards.install(cards.Pages(fetcher, settings.base_url.origin + settings.base_url.prefix))
    app.state.database, app.state.sessions = database, sessions
    measures.offer(app.state.metrics.gauge, sessions, connector.tally)
    if settings.allowed_domains and (ended := await accounts.end_others(sessions, settings.allowed_domains)):
        log.info("%d accounts of domains that are not allowed any more were signed out", ended)
    await sessions.start()
    try:
        async with app.state.metrics.watching(), _chores(app, settings):
            yield
    finally:
        end_streams(app)
        app.state.shelf.close()
        await sessions.stop()
        await app.state.media.cache.close()
        cards.install(None)
        pushes.install(None)
        shared.install(None)
        figures.install(None)
        packs.install(None)
        bits.install(None)
        await fetcher.close()
        await resolver.close()
        await database.close()


@asynccontextmanager
async def _chores(app: Starlette, settings: Settings) -> AsyncIterator[None]:
    """Old reports go as long as this lasts, and old messages, where the operator wants that; the operators'
    pages are kept true."""
    database, streams = app.state.database, app.state.streams
    tasks = [asyncio.create_task(reported.keep(database)), asyncio.create_task(app.state.shelf.keep())]
    if days := settings.retention_days:
        tasks.append(asyncio.create_task(retention.keep(database, days)))
    if pusher := pushes.installed():
        tasks.append(asyncio.create_task(wake(app.state.sessions, pusher, settings.instance_name)))
    if settings.admins:
        looks = watch(app.state.sessions, settings.admins, lambda: streams.followed("admin"))
        tasks.append(asyncio.create_task(looks))
    try:
        yield
    finally:
        await end_tasks(tasks)


def end_streams(app: Starlette) -> None:
    """Say "bye" to every tab: streams never end by themselves, and a stopping server waits for answers."""
    app.state.streams.closing = True
    sessions: Sessions | None = getattr(app.state, "sessions", None)
    for feed in sessions.feeds() if sessions else ():
        feed.close()
