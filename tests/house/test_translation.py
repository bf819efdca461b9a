"""This room guards whoever reads another language: every sentence can be translated, and is."""

import ast
import re

import pytest
from babel.messages.catalog import Message

from tests.house.markup import markup, where
from tests.house.messages import catalogues, extracted, read
from tests.house.tree import name, nodes, sentence, templates, under

SHOWN = ("alt", "aria-label", "aria-description", "aria-roledescription", "label", "placeholder", "title")
NAME = "Webchat"
SAYS = {"Invalid": "dict", "NavEntry": "first", "NotFound": "none", "toast": "first"}
"""Calls whose argument is shown to people."""

FRENCH = {
    "Address": "Adresse",
    "Password": "Mot de passe",
    "Log in": "Se connecter",
    "Publish": "Publier",
    "News": "Actualités",
    "Explore": "Explorer",
    "Chats": "Discussions",
    "Notifications": "Notifications",
    "Search": "Rechercher",
    "Share your location": "Partager votre position",
    "Subscriptions": "Abonnements",
    "Configuration": "Configuration",
    "Log out": "Se déconnecter",
    "Message": "Message",
    "Messages": "Messages",
    "Send": "Envoyer",
    "Join": "Rejoindre",
    "Title": "Titre",
    "Text": "Texte",
}
"""Words that scripts, tests and habits of other people rely on."""


def test_templates_show_no_bare_words() -> None:
    """Text in a template stands in {{ _("…") }} or {% trans %}."""
    found = [
        f"{where(path, line)}: {shown}"
        for path in templates()
        for line, shown in markup(path).texts
        if re.search(r"[^\W\d_]{2}", shown.replace(NAME, ""))
    ]
    assert not found, sentence("These words cannot be translated:", found)


def test_attributes_show_no_bare_words() -> None:
    """What a screen reader says and what a tooltip shows is text, too."""
    found = [
        f"{where(path, element.line)}: {attribute}={value!r}"
        for path in templates()
        for element in markup(path).elements
        for attribute, value in element.attributes.items()
        if (
            attribute in SHOWN
            or (
                (element.tag, attribute) == ("input", "value")
                and element.attributes.get("type") in ("submit", "button")
            )
        )
        and re.search(r"[^\W\d_]{2}", re.sub(r"\S+@\S+|" + NAME, "", value))
    ]
    assert not found, sentence("These words cannot be translated:", found)


def shown(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that people read."""
    function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if SAYS.get(function) == "dict" and call.args and isinstance(call.args[0], ast.Dict):
        return call.args[0].values
    if SAYS.get(function) == "first":
        return [
            *call.args[:1],
            *(each.value for each in call.keywords if each.arg in ("label", "text", "message")),
        ]
    return []


def test_sentences_in_code_are_marked() -> None:
    """A sentence that a form, the navigation or a toast shows is written N_("…"), so catalogues know it."""
    known = {message.id for message in extracted()}
    found = [
        f"{name(path)}:{argument.lineno}: {argument.value}"
        for path in under("webchat", ".py")
        for call in nodes(path)
        if isinstance(call, ast.Call)
        for argument in shown(call)
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        if argument.value and argument.value not in known
    ]
    assert not found, sentence('These sentences are not marked with N_("…"):', found)


def test_sentences_for_people_are_well_written() -> None:
    """The same typography everywhere: … is one character, and nothing is shouted."""
    found = [str(message.id) for message in extracted() if re.search(r"\.\.\.|!|  ", str(message.id))]
    assert not found, sentence("Write … for three dots, no exclamation mark, single spaces:", found)


def forms(message: Message) -> tuple[str, ...]:
    """A translation, or its singular and plural."""
    return message.string if isinstance(message.string, tuple) else (str(message.string or ""),)


@pytest.mark.parametrize("language", catalogues())
def test_the_catalogue_is_complete(language: str) -> None:
    """`python -m tests.house.messages --update` adds what is missing; a person translates it."""
    catalog = read(language, catalogues()[language])
    wanted = {(message.id, message.context) for message in extracted() if message.id}
    there = {(message.id, message.context) for message in catalog if message.id}
    translated = {
        (message.id, message.context)
        for message in catalog
        if message.id and all(forms(message)) and not message.fuzzy
    }
    assert not wanted - translated, sentence("Not translated:", sorted(map(str, wanted - translated)))
    assert not there - wanted, sentence("No longer in the program:", sorted(map(str, there - wanted)))
    assert not catalog.obsolete


@pytest.mark.parametrize("language", catalogues())
def test_translations_keep_their_values(language: str) -> None:
    """A name or number that the sentence speaks of stands in the translation, too."""
    catalog = read(language, catalogues()[language])
    found = [str(error) for message in catalog for error in message.check(catalog)]
    pattern = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    found += [
        f"{message.id!r} → {string!r}"
        for message in catalog
        for string in forms(message)
        if message.id and set(pattern.findall(string)) != set(pattern.findall(_source(message)))
    ]
    assert not found, sentence("A value is missing or misspelt:", found)


def _source(message: Message) -> str:
    """The sentence that names all values: the plural, where there is one."""
    return message.id[-1] if isinstance(message.id, tuple | list) else message.id


@pytest.mark.parametrize("language", catalogues())
def test_translations_contain_no_markup(language: str) -> None:
    """Templates trust their own sentences; a catalogue must not bring elements in."""
    catalog = read(language, catalogues()[language])
    found = [
        string for message in catalog if message.id for string in forms(message) if re.search(r"[<>]", string)
    ]
    assert not found, sentence("Not in a translation:", found)


def french() -> list[Message]:
    """The French catalogue without its header."""
    return [message for message in read("fr", catalogues()["fr"]) if message.id]


def test_french_is_set_as_the_french_do() -> None:
    """A no-break space before : ; ? and inside « », and a typographic apostrophe; `xmpp:` is no word."""
    wrong = re.compile(
        r"'|\.\.\.|(?<![\u00a0\u202f])[;?»]|(?<![\u00a0\u202f\d])(?<!\bxmpp):(?!//)|«(?![\u00a0\u202f])|[\"“”]"
    )
    found = [string for message in french() for string in forms(message) if wrong.search(string)]
    assert not found, sentence("French typography:", found)


def test_french_keeps_the_agreed_words() -> None:
    """What other people's scripts and habits rely on is said to the letter."""
    there = {message.id: message.string for message in french()}
    found = [
        f"{word}: {there[word]} instead of {said}"
        for word, said in FRENCH.items()
        if there.get(word, said) != said
    ]
    assert not found, sentence("Agreed words:", found)
