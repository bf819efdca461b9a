"""This room writes the report: one table, each row against its target, and what the machine was like."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import machine
from webchat.config import root

PAPER = root() / "docs" / "performance.md"
BUSY = 25
"""Percent of the machine used by others above which seconds say little."""

_RESULTS = "## Results\n"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `met` is None where there is no target."""

    name: str
    figure: str
    target: str = ""
    met: bool | None = None

    @property
    def word(self) -> str:
        """Met, missed, or nothing to say."""
        return "" if self.met is None else "met" if self.met else "**missed**"


@dataclass(slots=True)
class Report:
    """What a run found out.

    busy   part of the run → percent of the machine that others used meanwhile
    """

    rows: list[Row] = field(default_factory=list)
    busy: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, figure: str, target: str = "", met: bool | None = None) -> None:
        """One more line."""
        self.rows.append(Row(name, figure, target, met))

    def text(self) -> str:
        """For the terminal."""
        widths = [max(len(getattr(row, part)) for row in self.rows) for part in ("name", "figure", "target")]
        lines = [
            f"{row.name:<{widths[0]}}  {row.figure:<{widths[1]}}  "
            f"{row.target:<{widths[2]}}  {row.word.strip('*')}".rstrip()
            for row in self.rows
        ]
        return "\n".join([*lines, "", *self.circumstances()])

    def circumstances(self) -> list[str]:
        """On what and in what company this was measured."""
        busy = ", ".join(f"{part} {percent:.0f} %" for part, percent in self.busy.items())
        lines = [*machine.state(), f"Used by other processes meanwhile: {busy}."]
        if max(self.busy.values(), default=0) > BUSY:
            lines.append("The machine was busy: seconds contain waiting for a core, CPU and memory hold.")
        return lines

    def write(self, paper: Path = PAPER) -> None:
        """Put the results into the paper, under what it says about the measures."""
        head = paper.read_text(encoding="utf-8").partition(_RESULTS)[0]
        table = ["| Measure | Figure | Target | |", "|---|---|---|---|"]
        table += [f"| {row.name} | {row.figure} | {row.target} | {row.word} |" for row in self.rows]
        missed = [row.name for row in self.rows if row.met is False]
        verdict = "All targets are met." if not missed else "Missed: " + "; ".join(missed) + "."
        day = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        lines = [
            f"Run of {day}.",
            "",
            *table,
            "",
            verdict,
            "",
            *(f"- {line}" for line in self.circumstances()),
        ]
        paper.write_text(head + _RESULTS + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
