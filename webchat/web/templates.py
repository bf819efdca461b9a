"""This room draws: one Jinja environment for each language, pages for requests, partials for everything."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from webchat import config
from webchat.web import dom, shell, time
from webchat.web.jinja import Compiled, QuickEnvironment
from webchat.web.language import catalogue, direction, languages
from webchat.web.partial import Partial
from webchat.web.reader import reader
from webchat.web.scope import Scope
from webchat.web.static import StaticFiles


class Templates:
    """The templates of one site: where they are, under which prefix the site lives, whether it is for chats
    only: then no page leads to what is not there."""

    def __init__(self, root: Path, prefix: str = "", *, chat_only: bool = False) -> None:
        self.static = StaticFiles(root / "static")
        self.prefix = prefix
        self.chat_only = chat_only
        self._loader = FileSystemLoader(root / "templates")
        self._compiled = Compiled()
        self._environments: dict[str, QuickEnvironment] = {}
        names = self.static.files
        self._sprites = [name for name in names if name.endswith(("/first.svg", "/sprite.svg"))]

    def environment(self, language: str) -> QuickEnvironment:
        """The environment whose sentences are in `language`; made on first use."""
        found = self._environments.get(language)
        if found is None:
            found = self._environments[language] = self._make(language)
        return found

    def warm(self) -> None:
        """Compile every template in every language now, so that no first visitor waits for it."""
        for language in languages():
            environment = self.environment(language)
            for name in self._loader.list_templates():
                environment.get_template(name)

    def url(self, path: str) -> str:
        """A path of the site as browsers must write it; other sites' addresses stay as they are."""
        return self.prefix + path if path.startswith("/") else path

    def _make(self, language: str) -> QuickEnvironment:
        environment = QuickEnvironment(
            loader=self._loader,
            bytecode_cache=self._compiled,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.install_sentences(catalogue(language))
        environment.globals.update(
            dom=dom, static=self._static, url=self.url, icon=cache(self._icon), csrf=_csrf, language=language
        )
        environment.globals.update(dir=direction(language), chat_only=self.chat_only)
        environment.filters.update(time=_time, date=_date, isodate=time.iso, relative=_relative, near=_near)
        environment.filters.update(written=_written)
        return environment

    def _static(self, name: str) -> str:
        return self.prefix + self.static.path(name)

    def _icon(self, name: str) -> Markup:
        symbol = f'<symbol id="{name}"'.encode()
        sprite = next((file for file in self._sprites if symbol in self.static.files[file]), "")
        if not sprite:
            raise KeyError(f"icon {name} is not in the sprite")
        return Markup(
            '<svg class="icon" aria-hidden="true" focusable="false" width="20" height="20">'
            '<use href="{}#{}"></use></svg>'
        ).format(self._static(sprite), name)


@cache
def load(root: Path, prefix: str = "", *, chat_only: bool = False) -> Templates:
    """The templates of this folder for such a site, read and compiled once in a process."""
    return Templates(root, prefix, chat_only=chat_only)


_templates: Templates | None = None


def install(templates: Templates) -> None:
    """Draw with these from now on; app.py says so once, at the start."""
    global _templates
    _templates = templates


def installed() -> Templates:
    """The templates in use; without an app (a test of one partial) those of the source tree, at the root."""
    if _templates is None:
        install(load(config.root()))
    assert _templates is not None  # noqa: S101 (for the type checker)
    return _templates


def partial(name: str, language: str, **values: Any) -> str:
    """One partial as HTML: what it needs by name, `nonce` and the form token by the reader of now."""
    template = installed().environment(language).get_template(name)
    return template.render({"nonce": reader.get().nonce, **values})


def aimed(part: Partial, language: str) -> str:
    """A partial with its aim, as htmx takes it out of an answer or a frame."""
    html = partial(part.template, language, **part.values) if part.template else ""
    return f'<hx-partial hx-target="{escape(part.target)}" hx-swap="{escape(part.swap)}">{html}</hx-partial>'


def page(
    request: Request,
    name: str,
    *,
    scope: Scope | None = None,
    cursor: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> Response:
    """A whole page, or only its <main> when htmx asks for that.

    scope, cursor  what the page follows, and where the feed stood before its first query
    """
    templates = installed()
    given = {
        **shell.values(request, templates.prefix),
        "layout": _layout(request),
        "nonce": reader.get().nonce,
        "scope": scope or Scope("plain"),
        "cursor": cursor,
        "stream_url": "",
        **values,
    }
    if given["me"] is not None:
        given["stream_url"] = templates.url(stream_path(given["scope"], cursor))
    html = _render(templates, name, given)
    response = HTMLResponse(html, status, headers={"vary": "HX-Target, Cookie", **(headers or {})})
    if request.method == "POST":
        # htmx would push the address of the POST into the history.
        response.headers["hx-push-url"] = "false"
    return response


def _render(templates: Templates, name: str, given: Mapping[str, Any]) -> str:
    """All forms of one page show the same disguise of the token: another page will show another."""
    now = reader.get()
    told = reader.set(replace(now, masked=mask(now.form_token) if now.form_token else ""))
    try:
        return templates.environment(now.language).get_template(name).render(given)
    finally:
        reader.reset(told)


def _layout(request: Request) -> str:
    if request.scope["state"].get("signed_in") is None:
        return "layouts/plain.html"
    whole = request.headers.get("hx-target") != f"main#{dom.main}"
    return "layouts/app.html" if whole else "layouts/main.html"


def stream_path(scope: Scope, cursor: str) -> str:
    """The address of the stream that a page of this scope follows from `cursor` on."""
    after = f"?after={quote(cursor)}" if cursor else ""
    return f"/stream/{quote(scope.kind)}/{quote(scope.key, safe='@')}{after}"


def mask(token: str) -> str:
    """A form token that looks different in every page, so that compression does not betray it."""
    plain = token.encode()
    pad = secrets.token_bytes(len(plain))
    return pad.hex() + "." + bytes(a ^ b for a, b in zip(plain, pad, strict=True)).hex()


def unmask(masked: str) -> str:
    """The token inside; "" for what `mask` did not make."""
    try:
        pad, mixed = (bytes.fromhex(half) for half in masked.split("."))
        return bytes(a ^ b for a, b in zip(pad, mixed, strict=True)).decode()
    except ValueError:
        return ""


def _csrf() -> Markup:
    now = reader.get()
    shown = now.masked or (mask(now.form_token) if now.form_token else "")
    return Markup('<input type="hidden" name="form_token" value="{}">').format(shown)


# pass_context keeps Jinja from computing these once and for all when the template is compiled.
@pass_context
def _time(context: Context, stamp: datetime) -> str:
    return time.clock(stamp, _place(context), reader.get().zone)


@pass_context
def _date(context: Context, value: date) -> str:
    return time.day(value, _place(context), reader.get().zone)


@pass_context
def _written(context: Context, value: date) -> str:
    return time.written(value, _place(context))


@pass_context
def _near(context: Context, value: date) -> str:
    return time.near(value, _place(context), context["language"], reader.get().zone)


@pass_context
def _relative(context: Context, stamp: datetime) -> str:
    return time.relative(stamp, context["language"], reader.get().zone, place=_place(context))


def _place(context: Context) -> str:
    language: str = context["language"]
    found = reader.get().place
    return found if found.partition("_")[0] == language else language
