"""This room weighs static files: what is there for people stays with the source."""

from pathlib import Path

from webchat.web.static import StaticFiles


def test_comments_and_indentation_of_ours_are_not_served(tmp_path: Path) -> None:
    scripts, styles, vendor = (tmp_path / name for name in ("js", "css", "vendor"))
    for folder in (scripts, styles, vendor):
        folder.mkdir()
    (scripts / "one.js").write_text('// Why.\nif (a) {\n  // Because.\n  b("http://c"); // d\n}\n')
    (styles / "one.css").write_text("/* Two\n   lines. */\na {\n  color: red; /* why */\n}\n")
    (styles / "ORDER").write_text("one.css\n")
    (vendor / "it.js").write_text("// Whose it is.\n  x();\n")
    files = StaticFiles(tmp_path).files
    assert files["js/one.js"] == b'if (a) {\nb("http://c"); // d\n}\n'
    assert files["css/one.css"] == b"a {\ncolor: red; }\n"
    assert files["css/all.css"].split() == [b"a", b"{", b"color:", b"red;", b"}"]
    assert files["vendor/it.js"] == b"// Whose it is.\n  x();\n"
