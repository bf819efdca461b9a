"""The words of a text, and where they stand in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webchat.markup.words import LONGEST, MOST, Term, fold, marked, matches, terms, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("But, soft! what light", ["but", "soft", "what", "light"]),
        ("l'été déjà À CŒUR", ["l", "ete", "deja", "a", "cœur"]),
        ("e\u0301tude ÉTUDE", ["etude"]),
        ("straße STRASSE ﬁn", ["strasse", "fin"]),
        ("snake_case 2*3 a-b", ["snake", "case", "2", "3", "a", "b"]),
        ("https://example.org/x?y=1", ["https", "example", "org", "x", "y", "1"]),
        ("日本語", ["日", "本", "語", "日本", "本語"]),
        ("Любовь ЛЮБОВЬ", ["любовь"]),
        ("😀 … \x00", []),
    ],
)
def test_words_are_folded_and_come_once(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_long_words_and_many_words_are_cut() -> None:
    assert words("a" * 10_000) == ["a" * LONGEST]
    assert len(words(" ".join(f"w{n}" for n in range(9000)))) == MOST
    assert len(words("日" * 40_000)) == 2
    assert len(fold("\ufdfa" * 40_000)) < 1_000_000


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Rom e", [Term("rom", open=True)]),
        ("Rom e ", [Term("rom", open=True), Term("e")]),
        ("e rom", [Term("e"), Term("rom", open=True)]),
        ("e", [Term("e")]),
        ("日本語", [Term("日本"), Term("本語")]),
        ("日", [Term("日")]),
        ("a" * 100, [Term("a" * LONGEST)]),
        ('") OR (12', [Term("or", open=True), Term("12", open=True)]),
    ],
)
def test_what_is_typed_becomes_terms(typed: str, expected: list[Term]) -> None:
    assert terms(typed, 8) == expected


def test_only_so_many_terms_count() -> None:
    assert len(terms(" ".join(f"word{n}" for n in range(100)), 8)) == 8


def test_all_terms_must_be_there() -> None:
    assert matches("Juliet Capulet juliet@capulet.example", terms("jul cap", 8))
    assert not matches("Juliet Capulet", terms("jul rom", 8))


def shown(text: str, typed: str, limit: int = 60) -> str:
    """A marked line with its hits in brackets."""
    return "".join(
        f"[{piece.text}]" if piece.hit else piece.text for piece in marked(text, terms(typed, 8), limit)
    )


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("But, soft!\nwhat  light", "sof LIGHT", "But, [soft]! what [light]"),
        ("déjà vu", "deja", "[déjà] vu"),
        ("nothing here", "light", "nothing here"),
        ("<script>alert</script>", "script", "<[script]>alert</[script]>"),
        ("我爱日本語", "日本", "[我爱日本語]"),
        ("word " * 30 + "needle " + "word " * 30, "needle", None),
    ],
)
def test_hits_are_marked(text: str, typed: str, expected: str | None) -> None:
    found = shown(text, typed)
    if expected is not None:
        assert found == expected
    else:
        assert "[needle]" in found
        assert found.startswith("…")
        assert found.endswith("…")
        assert len(found) < 80


@given(st.text(max_size=300), st.text(max_size=20))
def test_marking_loses_nothing_but_spaces_and_ends(text: str, typed: str) -> None:
    pieces = marked(text, terms(typed, 8), 1000)
    assert all(piece.text for piece in pieces)
    assert len("".join(piece.text for piece in pieces)) <= len(text) + 2


@given(st.text(max_size=300))
def test_what_is_found_by_its_own_words(text: str) -> None:
    """Whatever is written can be looked for by the same letters."""
    assert matches(text, [Term(word) for word in words(text)])
    assert all(any(word.startswith(term.text) for word in words(text)) for term in terms(text, 8))
