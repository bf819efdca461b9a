"""This room reads forms: named fields into a dataclass, or Invalid with a sentence for each wrong field."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from webchat import pictures
from webchat.errors import Invalid
from webchat.web.language import N_

MOST_FIELDS = 100
MOST_ANSWERS = 1000
FIELD = "field."
LONGEST = 64 * 1024

REQUIRED = N_("This field is needed.")
TOO_LONG = N_("This is too long.")
NOT_A_NUMBER = N_("A number is needed here.")
NOT_A_CHOICE = N_("Choose one of the offered values.")


def text(
    default: str | None = None, *, limit: int = LONGEST, strip: bool = True, choices: tuple[str, ...] = ()
) -> Any:
    """A field of text; without a default it must be there and not be empty."""
    return _field(default, kind="text", limit=limit, strip=strip, choices=choices)


def number(default: int | None = None, *, least: int = 0, most: int = 2**63 - 1) -> Any:
    """A field with a whole number; without a default it must be there."""
    return _field(default, kind="number", least=least, most=most)


def tick() -> Any:
    """A check box: true when it came along at all."""
    return _field(False, kind="tick")


def _field(default: Any, **rule: Any) -> Any:
    given = dataclasses.MISSING if default is None else default
    return dataclasses.field(default=given, metadata={"default": default, **rule})


@dataclass(frozen=True)
class Form:
    """Base of all forms: a frozen dataclass whose fields are made by `text`, `number` and `tick`.

    class MessageForm(Form):
        text: str = forms.text(limit=10_000)
    form = await MessageForm.read(request)
    """

    most_fields: ClassVar[int] = MOST_FIELDS

    @classmethod
    async def read(cls, request: Request) -> Self:
        """The form of this request. Raises Invalid with field → message id.

        Of a field that comes twice only the first counts, so that nobody reads another one than was checked.
        """
        async with request.form(max_files=10, max_fields=cls.most_fields) as given:
            return cls.of(given)

    @classmethod
    def of(cls, given: FormData) -> Self:
        """The same from data at hand."""
        values: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for field in dataclasses.fields(cls):
            raw = next((one for one in given.getlist(field.name) if isinstance(one, str)), None)
            try:
                values[field.name] = _READERS[field.metadata["kind"]](raw, field.metadata)
            except ValueError as error:
                wrong[field.name] = str(error)
        if wrong:
            raise Invalid(wrong)
        form = cls(**values)
        if wrong := form.check():
            raise Invalid(wrong)
        return form

    def check(self) -> dict[str, str]:
        """What is wrong with fields that are each right by themselves: field → message id."""
        return {}


def _text(raw: str | None, rule: Any) -> str:
    # Browsers send line breaks as CR LF (HTML §4.10.21.5); NUL can be neither stored nor sent.
    value = (raw or "").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if rule["strip"]:
        value = value.strip()
    if not value:
        if rule["default"] is None:
            raise ValueError(REQUIRED)
        return str(rule["default"])
    if len(value) > rule["limit"]:
        raise ValueError(TOO_LONG)
    if rule["choices"] and value not in rule["choices"]:
        raise ValueError(NOT_A_CHOICE)
    return value


def _number(raw: str | None, rule: Any) -> int:
    if not raw and rule["default"] is not None:
        return int(rule["default"])
    value = (raw or "").strip()
    if not value.removeprefix("-").isdecimal() or not value.isascii() or len(value) > 20:
        raise ValueError(NOT_A_NUMBER)
    if not rule["least"] <= int(value) <= rule["most"]:
        raise ValueError(NOT_A_NUMBER)
    return int(value)


def _tick(raw: str | None, rule: Any) -> bool:
    return bool(raw)


_READERS = {"text": _text, "number": _number, "tick": _tick}


async def answers(request: Request) -> Mapping[str, Sequence[str]]:
    """What was filled into a form that a server made (XEP-0004): name → values. Raises Invalid for too much.

    Its fields stand in the page with FIELD before their names (shell/_field.html).
    """
    found: dict[str, list[str]] = {}
    async with request.form(max_files=0, max_fields=MOST_ANSWERS) as given:
        for name, value in given.multi_items():
            if name.startswith(FIELD) and isinstance(value, str):
                if len(value) > LONGEST:
                    raise Invalid({name: TOO_LONG})
                found.setdefault(name.removeprefix(FIELD), []).append(value.replace("\0", ""))
    return found


async def picture(request: Request) -> tuple[bytes, bool]:
    """The file of a form for one picture (b"" for none), and whether the button "remove" was pressed."""
    async with request.form(max_files=1, max_fields=10) as given:
        file = given.get("picture")
        # One byte more shows that it is too large: where files are sent to, a body may be a hundred times it.
        data = await file.read(pictures.MOST_BYTES + 1) if isinstance(file, UploadFile) else b""
        return data, "remove" in given
