"""This room writes submitted data forms and reads the values of received ones (XEP-0004)."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import namespaces as ns

FORM = f"{{{ns.DATA_FORM}}}x"
_FIELD = f"{{{ns.DATA_FORM}}}field"
_VALUE = f"{{{ns.DATA_FORM}}}value"


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
