"""Sentences of errors that speak of numbers: filled in wherever an error is drawn."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from webchat.errors import Invalid
from webchat.uploads.commands import TOO_LARGE, CannotSend
from webchat.web import errors
from webchat.web.errors import describe, filled


def test_what_a_sentence_speaks_of_goes_into_it() -> None:
    """In the language of the reader; a sentence that speaks of nothing may hold a percent sign."""
    drawn = describe(CannotSend(TOO_LARGE, limit="5 MB"))
    assert (drawn.status, drawn.text) == (422, TOO_LARGE)
    for language in ("en", "fr"):
        assert "5 MB" in drawn.said(language)
        assert "%" not in drawn.said(language)
    assert filled("100 % of %(it)s", {}, "en") == "100 % of %(it)s"
    assert describe(Invalid({"text": "Too long"})).said("en") == "Too long"


@pytest.mark.parametrize("scripts", [False, True])
def test_an_error_that_no_view_caught_is_filled_in(monkeypatch: pytest.MonkeyPatch, *, scripts: bool) -> None:
    """On a page of its own, and as a toast."""
    said: list[str] = []

    def page(request: Request, template: str, *, status: int, **values: str) -> Response:
        said.append(values["text"])
        return Response(status_code=status)

    def partials(request: Request, *parts: object, status: int = 200) -> Response:
        said.extend(part.values["toast"]["text"] for part in parts)  # type: ignore[attr-defined]
        return Response(status_code=status)

    monkeypatch.setattr(errors, "page", page)
    monkeypatch.setattr("webchat.web.answer.partials", partials)
    headers = [(b"hx-request", b"true")] if scripts else []
    request = Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "state": {}})
    assert errors.respond(request, CannotSend(TOO_LARGE, limit="5 MB")).status_code == 422
    assert "5 MB" in said[0]
    assert "%(" not in said[0]
