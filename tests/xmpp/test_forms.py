"""This room reads every kind of field and writes what a page answers (XEP-0004)."""

import pytest

from tests.xmpp.cast import xml
from webchat.xmpp import forms
from webchat.xmpp.forms import Field, Option

FORM = """<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='form'>
<title>Configuration</title><instructions>Fill in</instructions><instructions>and send</instructions>
<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roomconfig</value></field>
<field type='fixed'><value>General</value></field>
<field var='name' type='text-single' label='Name'><value>Balcony</value><required/></field>
<field var='public' type='boolean' label='Public'><value>1</value><desc>Anybody finds it</desc></field>
<field var='whois' type='list-single'><value>anyone</value>
  <option label='All'><value>anyone</value></option><option><value>moderators</value></option></field>
<field var='tags' type='list-multi'><value>a</value><option><value>a</value></option>
  <option><value>b</value></option></field>
<field var='about' type='text-multi'><value>one</value><value>two</value></field>
<field var='secret' type='text-private'><value>rose</value></field>
<field var='owners' type='jid-multi'><value>romeo@montague.example</value></field>
<field var='odd' type='unheard-of'><value>x</value></field>
<field var='untyped'><value>1</value><value>2</value></field>
</x></query>"""


def form() -> forms.Form:
    """The form above."""
    found = forms.read(xml(FORM))
    assert found is not None
    return found


def test_every_kind_of_field_is_read() -> None:
    found = form()
    assert (found.kind, found.title, found.instructions) == ("form", "Configuration", "Fill in\nand send")
    assert found.form_type == "http://jabber.org/protocol/muc#roomconfig"
    assert found.get("name") == Field("name", "text-single", "Name", ("Balcony",), required=True)
    public = found.get("public")
    assert public is not None
    assert (public.checked, public.description) == (True, "Anybody finds it")
    whois = found.get("whois")
    assert whois is not None
    assert whois.options == (Option("anyone", "All"), Option("moderators", "moderators"))
    about, odd, untyped = found.get("about"), found.get("odd"), found.get("untyped")
    assert about is not None
    assert odd is not None
    assert untyped is not None
    assert about.value == "one\ntwo"
    assert (odd.type, untyped.type) == ("text-single", "text-multi")
    assert [field.value for field in found.fields if field.type == "fixed"] == ["General"]


@pytest.mark.parametrize(
    ("var", "given", "written"),
    [
        ("name", ["</value><x/>&\x00"], ["</value><x/>&"]),
        ("name", ["one", "two"], ["one"]),
        ("public", ["on"], ["1"]),
        ("public", [], ["0"]),
        ("whois", ["moderators"], ["moderators"]),
        ("whois", ["everybody"], []),
        ("tags", ["a", "b", "c"], ["a", "b"]),
        ("about", ["three\r\nfour"], ["three", "four"]),
        ("owners", ["Juliet@Capulet.example\nno address@\n"], ["juliet@capulet.example"]),
        ("FORM_TYPE", ["urn:other"], ["http://jabber.org/protocol/muc#roomconfig"]),
    ],
)
def test_a28_answers_are_only_values(var: str, given: list[str], written: list[str]) -> None:
    filled = forms.fill(form(), {var: given})
    assert filled.get("type") == "submit"
    field = next(field for field in filled if field.get("var") == var)
    assert [value.text for value in field] == written


def test_what_is_not_answered_stays_and_fixed_text_is_not_sent() -> None:
    again = forms.read_form(forms.fill(form(), {}))
    assert {field.var: field.values for field in again.fields} == {
        field.var: field.values for field in form().fields if field.type != "fixed"
    }


def test_what_nobody_honest_sends_is_bounded() -> None:
    many = "".join(f"<field var='f{n}'><value>{'x' * 9000}</value></field>" for n in range(500))
    found = forms.read(xml(f"<q><x xmlns='jabber:x:data'>{many}</x></q>"))
    assert found is not None
    assert len(found.fields) == forms.MOST_FIELDS
    assert len(found.fields[0].value) == forms.LONGEST
    assert forms.read(xml("<q/>")) is None
    assert forms.read(None) is None
