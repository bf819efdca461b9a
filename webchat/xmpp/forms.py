"""This room reads data forms of every kind of field and writes submitted ones (XEP-0004)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.xml_text import xml_text

MOST_FIELDS = 200
MOST_OPTIONS = 500
MOST_ROWS = 500
MOST_COLUMNS = 20
LONGEST = 4096
"""Characters of one label or value that are kept."""

FORM = f"{{{ns.DATA_FORM}}}x"
_FIELD = f"{{{ns.DATA_FORM}}}field"
_VALUE = f"{{{ns.DATA_FORM}}}value"
_OPTION = f"{{{ns.DATA_FORM}}}option"
_REQUIRED = f"{{{ns.DATA_FORM}}}required"
_DESC = f"{{{ns.DATA_FORM}}}desc"
_TITLE = f"{{{ns.DATA_FORM}}}title"
_INSTRUCTIONS = f"{{{ns.DATA_FORM}}}instructions"
_REPORTED = f"{{{ns.DATA_FORM}}}reported"
_ITEM = f"{{{ns.DATA_FORM}}}item"

TYPES = frozenset(
    (
        "boolean",
        "fixed",
        "hidden",
        "jid-multi",
        "jid-single",
        "list-multi",
        "list-single",
        "text-multi",
        "text-private",
        "text-single",
    )
)
MULTI = frozenset(("jid-multi", "list-multi", "text-multi"))


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that a list offers; both texts are foreign."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question (XEP-0004 §3.2). `type` is one of TYPES; `values` what stands there now.

    label  what the field is called, its name where the form says nothing (foreign)
    """

    var: str
    type: str = "text-single"
    label: str = ""
    values: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    required: bool = False
    description: str = ""

    @property
    def value(self) -> str:
        """The first value, all lines for a text of several lines."""
        return "\n".join(self.values) if self.type == "text-multi" else (self.values or ("",))[0]

    @property
    def checked(self) -> bool:
        """What a boolean says."""
        return self.value in ("1", "true")


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it was received; `kind` is form, submit, result or cancel. All texts are foreign.

    columns, rows  a result of several items (§3.4): what the columns are, and what stands in them
    cut            there was more than is read
    """

    kind: str = "form"
    title: str = ""
    instructions: str = ""
    fields: tuple[Field, ...] = ()
    columns: tuple[Field, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    cut: bool = False

    @property
    def form_type(self) -> str:
        """FORM_TYPE (XEP-0068), "" for none."""
        return next((field.value for field in self.fields if field.var == "FORM_TYPE"), "")

    def get(self, var: str) -> Field | None:
        """The field with this name."""
        return next((field for field in self.fields if field.var == var), None)


def read(parent: Element | None, form_type: str = "") -> Form | None:
    """The form inside `parent` (of this FORM_TYPE, if given); None when there is none."""
    for xml in () if parent is None else parent.iterfind(FORM):
        form = read_form(xml)
        if not form_type or form.form_type == form_type:
            return form
    return None


def read_form(xml: Element) -> Form:
    """A form element; fields beyond MOST_FIELDS and unknown kinds of field (read as text) do no harm."""
    given = xml.findall(_FIELD)
    fields = tuple(_read_field(field) for field in given[:MOST_FIELDS])
    columns, rows = _read_items(xml)
    return Form(
        kind=xml.get("type", "form"),
        title=_text(xml.findtext(_TITLE)),
        instructions="\n".join(_text(line.text) for line in xml.findall(_INSTRUCTIONS)[:20]),
        fields=tuple(field for field in fields if field.var or field.type == "fixed"),
        columns=columns,
        rows=rows,
        cut=len(given) > MOST_FIELDS or len(xml.findall(_ITEM)) > MOST_ROWS,
    )


def _read_items(xml: Element) -> tuple[tuple[Field, ...], tuple[tuple[str, ...], ...]]:
    """XEP-0004 §3.4; items that name no columns have those of the first one."""
    items = xml.findall(_ITEM)[:MOST_ROWS]
    head = xml.find(_REPORTED)
    if head is None:
        head = items[0] if items else None
    if head is None:
        return (), ()
    named = [_read_field(field) for field in head.findall(_FIELD)[:MOST_COLUMNS]]
    columns = tuple(field for field in named if field.var and field.type != "hidden")
    rows = []
    for item in items:
        said = {field.get("var", ""): field for field in item.findall(_FIELD)[: 2 * MOST_COLUMNS]}
        rows.append(tuple(_cell(said.get(column.var)) for column in columns))
    return columns, tuple(rows)


def _cell(field: Element | None) -> str:
    return "" if field is None else "\n".join(_read_field(field).values)


def _read_field(xml: Element) -> Field:
    kind = xml.get("type", "")
    read = _raw if kind == "hidden" else _text
    values = tuple(read(value.text) for value in xml.findall(_VALUE)[:MOST_OPTIONS])
    if kind not in TYPES:
        # XEP-0004 §3.3: without a type it is text; of a result several values mean several.
        kind = "text-multi" if len(values) > 1 else "text-single"
    options = tuple(
        Option(_text(option.findtext(_VALUE)), _text(option.get("label")) or _text(option.findtext(_VALUE)))
        for option in xml.findall(_OPTION)[:MOST_OPTIONS]
    )
    var = xml.get("var", "")[:LONGEST]
    return Field(
        var=var,
        type=kind,
        label=_text(xml.get("label")) or var,
        values=values,
        options=options,
        required=xml.find(_REQUIRED) is not None,
        description=_text(xml.findtext(_DESC)),
    )


def _text(text: str | None) -> str:
    return (text or "").strip()[:LONGEST]


def _raw(text: str | None) -> str:
    # What is hidden goes back as it came: it is no text for people.
    return (text or "")[: 16 * LONGEST]


def fill(form: Form, answers: Mapping[str, Sequence[str]]) -> Element:
    """The form of type "submit" with these answers; a field that has none keeps its values (§3.2).

    answers  field name → values as a page sends them: "on", "1" or "true" for a boolean, one text with line
             ends for text-multi and jid-multi; an empty sequence empties the field

    Options that the form does not offer and addresses that are none are left out.
    """
    xml = Element(FORM, {"type": "submit"})
    for field in form.fields:
        if field.type == "fixed" or not field.var:
            continue
        values = field.values
        if field.var in answers and field.type != "hidden":
            values = _answer(field, answers[field.var])
        holder = SubElement(xml, _FIELD, {"var": field.var, "type": field.type})
        for value in values:
            SubElement(holder, _VALUE).text = xml_text(value)
    return xml


def _answer(field: Field, given: Sequence[str]) -> tuple[str, ...]:
    if field.type == "boolean":
        return ("1" if any(value in ("1", "true", "on") for value in given) else "0",)
    if field.type in ("text-multi", "jid-multi"):
        given = [line for value in given for line in value.replace("\r\n", "\n").split("\n")]
    if field.type in ("list-single", "list-multi"):
        offered = {option.value for option in field.options} | set(field.values)
        given = [value for value in given if value in offered]
    if field.type in ("jid-multi", "jid-single"):
        given = [jid for value in given if (jid := _address(value))]
    if field.type not in MULTI:
        given = given[:1]
    return tuple(value[: 16 * LONGEST] for value in given[:MOST_OPTIONS])


def _address(text: str) -> str:
    try:
        return jids.normalise(text.strip())
    except ValueError:
        return ""


def submit(form_type: str, values: Mapping[str, str]) -> Element:
    """A form of type "submit" with its FORM_TYPE (XEP-0068) and one value for each field."""
    form = Element(FORM, {"type": "submit"})
    _add(form, "FORM_TYPE", form_type, {"type": "hidden"})
    for name, value in values.items():
        _add(form, name, value, {})
    return form


def values(parent: Element | None) -> dict[str, str]:
    """Field name → first value of the form inside `parent`; nothing when there is none."""
    form = None if parent is None else parent.find(FORM)
    if form is None:
        return {}
    return {field.get("var", ""): (field.findtext(_VALUE) or "").strip() for field in form.iterfind(_FIELD)}


def _add(form: Element, name: str, value: str, attributes: Mapping[str, str]) -> None:
    field = SubElement(form, _FIELD, {"var": name, **attributes})
    SubElement(field, _VALUE).text = value
