"""This room makes Jinja quick: what a page does thousands of times is done here without ado."""

import re
from collections.abc import Callable, MutableMapping
from functools import cache
from gettext import NullTranslations
from types import FunctionType, MethodType
from typing import Any

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from jinja2.runtime import Context, Macro
from markupsafe import Markup

_PLAIN = frozenset({FunctionType, MethodType, Macro, type(cache(len))})
_INDENT = re.compile(r"\n[ \t]+")

MOST_SENTENCES = 10_000
"""Sentences of one language that are kept as they are drawn; there are not that many."""


class _Context(Context):
    """Jinja's, but it looks only once whether a function wants to be told where it is called from."""

    def call(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """The function's value, as `{{ function() }}` draws it."""
        if type(function) in _PLAIN and not hasattr(function, "jinja_pass_arg"):
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return function(*args, **kwargs)
        return super().call(function, *args, **kwargs)


class QuickEnvironment(Environment):
    """Jinja's, but a template's globals are those of the environment itself: merging them anew for each
    imported macro took a tenth of a small partial. Templates that were read stay."""

    context_class = _Context

    def __init__(self, **options: Any) -> None:
        super().__init__(cache_size=-1, auto_reload=False, **options)

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """Indented by no more than keeps words apart: the rest, an eighth of a page, is for people."""
        return _INDENT.sub("\n ", super().preprocess(source, name, filename))

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals

    def install_sentences(self, catalogue: NullTranslations) -> None:
        """`_` and `ngettext` in this language; every sentence is a format string, its values are escaped."""
        kept: dict[str, tuple[Markup, Markup | None]] = {}

        def gettext(message: str, /, **values: Any) -> Markup:
            known = kept.get(message)
            if known is None:
                if len(kept) >= MOST_SENTENCES:
                    kept.clear()
                known = kept[message] = _sentence(catalogue.gettext(message) if message else "")
            return known[1] if known[1] is not None and not values else known[0] % values

        def ngettext(one: str, many: str, num: int, /, **values: Any) -> Markup:
            return Markup(catalogue.ngettext(one, many, num)) % {"num": num, **values}  # noqa: S704 (ours)

        self.globals |= {"_": gettext, "gettext": gettext, "ngettext": ngettext}


def _sentence(text: str) -> tuple[Markup, Markup | None]:
    """A sentence, and how it is drawn without values: None for one that has a place for some."""
    sentence = Markup(text)  # noqa: S704 (catalogues are ours)
    try:
        return sentence, sentence % {}
    except KeyError:
        return sentence, None


class Compiled(BytecodeCache):
    """Compiled templates in memory, one for all languages: sentences are looked up when they are drawn."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hand out what another language had compiled."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the others."""
        self._kept[bucket.key] = bucket.bytecode_to_string()
