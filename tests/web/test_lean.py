"""This room weighs static files: what is there for people stays with the source."""

import gzip
import re
from pathlib import Path

from webchat.web.static import StaticFiles


def test_comments_and_indentation_of_ours_are_not_served(tmp_path: Path) -> None:
    scripts, styles, vendor = (tmp_path / name for name in ("js", "css", "vendor"))
    for folder in (scripts, styles, vendor):
        folder.mkdir()
    (scripts / "one.js").write_text('// Why.\nif (a) {\n  // Because.\n  b("http://c"); // d\n}\n')
    (styles / "one.css").write_text(
        "/* Two\n   lines. */\na > b, c :hover {\n  color: red; /* why */\n  margin: 0 calc(1px + 2px);\n}\n"
        'd::after { content: "; e: { > "; }\n@media (width < 3em) and (hover: none) { f { --g: 1 } }\n'
    )
    (styles / "ORDER").write_text("one.css\n")
    (vendor / "it.js").write_text("// Whose it is.\n  x();\n")
    files = StaticFiles(tmp_path).files
    assert files["js/one.js"] == b'if (a) {\nb("http://c"); // d\n}\n'
    assert files["css/one.css"].decode() == (
        'a>b,c :hover{color:red;margin:0 calc(1px + 2px)}d::after{content:"; e: { > "}'
        "@media (width < 3em) and (hover:none){f{--g:1}}\n"
    )
    assert files["css/all.css"].split() == files["css/one.css"].split()
    assert files["vendor/it.js"] == b"// Whose it is.\n  x();\n"


def test_modules_are_served_as_one_and_each_is_found_in_it_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("export const here = () => 1;\nexport async function post(to) {}\n")
    (tmp_path / "own.js").write_text('import * as one from "./one.js";\none.here();\n')
    (tmp_path / "late.js").write_text('import { post } from "./one.js";\n')
    (tmp_path / "MODULES").write_text("# in this order\none.js\nown.js\n")
    files = StaticFiles(tmp_path).files
    assert files["./all.js"].decode() == (
        "const one = (() => {\nconst here = () => 1;\nasync function post(to) {}\n"
        "return { here, post };\n})();\n"
        "const own = (() => {\none.here();\nreturn {  };\n})();\nexport { one, own };\n"
    )
    assert files["./one.js"] == b'import { one } from "./all.js";\nexport const { here, post } = one;\n'
    assert files["late.js"] == b'import { post } from "./one.js";\n'


def test_what_is_in_the_one_module_is_declared_for_good() -> None:
    folder = Path(__file__).parents[2] / "static" / "js"
    for name in (folder / "MODULES").read_text().splitlines():
        if not name.startswith("#"):
            lines = (folder / name).read_text().splitlines()
            shapes = r"export (async )?(function|const) \w+|import \* as (\w+) from \"\./\3\.js\";$"
            odd = [
                line for line in lines if re.match("(export|import) ", line) and not re.match(shapes, line)
            ]
            assert not odd, f"{name}: {odd}"


FIRST_VIEW = 44_000
"""Bytes of what a conversation loads before anybody moves, compressed; its page adds about 11 KB, heads 3."""


def test_what_a_first_view_loads_is_small() -> None:
    """What is not needed at first sight comes later: css/LATER, modules of js/ that the first use imports."""
    files = StaticFiles(Path(__file__).parents[2] / "static")
    names = ("css/all.css", "js/all.js", "vendor/all.js", "icons/first.svg")
    weight = {name: len(gzip.compress(files.files[name], 9)) for name in names}
    assert sum(weight.values()) <= FIRST_VIEW, weight
