"""This room runs all measurements, prints one table and writes it into docs/performance.md."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

from tests.bench import big, chromium, machine, messages, pages, rooms
from tests.bench.report import Report
from tests.bench.sender import Sender
from tests.bench.stage import Stage, crowd, stage
from tests.bench.tab import tab
from tests.lab.browser import Person
from tests.lab.visitor import Visitor

QUIET = 20.0
"""Seconds that each part waits at most for others to leave the machine alone."""

LONGEST = 660.0
"""Seconds of a whole run, after which it gives up."""

LIMIT = 400
"""KiB of an idle session."""

_COUNT = 100


def ms(seconds: float) -> str:
    """Milliseconds as people read them."""
    return f"{seconds * 1000:.{0 if seconds >= 0.1 else 1 if seconds >= 0.01 else 2}f} ms"


def p50(values: list[float]) -> float:
    """The median."""
    return machine.quantile(values, 0.5)


def p95(values: list[float]) -> float:
    """What nineteen of twenty stay below."""
    return machine.quantile(values, 0.95)


async def sessions(stage: Stage, report: Report) -> None:
    """Memory of idle sessions, logins through the gate."""
    people = stage.take(501)
    ours = await crowd(stage, "ours", people, 0, 100, 500)
    bare = await crowd(stage, "bare", people, 0, 100, 500)
    each, other = ours[-1]["each"], bare[-1]["each"]
    report.add(
        "Memory of an idle session, 20 contacts, one tab",
        f"{ours[1]['each']:.0f} KiB at 100, {each:.0f} KiB at 500",
        f"≤ {LIMIT} KiB",
        max(each, ours[1]["each"]) <= LIMIT,
    )
    report.add("The same of a bare slixmpp client", f"{bare[1]['each']:.0f} KiB, {other:.0f} KiB")
    report.add(
        "The process without sessions, ours / bare",
        f"{ours[0]['base'] / 1024:.0f} MiB / {bare[0]['base'] / 1024:.0f} MiB",
    )
    rounds = [round_ for count in ours for round_ in count["rounds"]]
    entered, caught_up = ([round_[key] for round_ in rounds] for key in ("in", "caught_up"))
    stalls, walls = ([round_[key] for round_ in rounds] for key in ("stall", "stall_wall"))
    report.add("50 logins at once, all in", f"{p50(entered):.2f} s ({50 / p50(entered):.0f} a second)")
    report.add(
        "50 logins at once, all in and caught up", f"{p50(caught_up):.2f} s", "≤ 3 s", p50(caught_up) <= 3
    )
    report.add("CPU of a login with its first sync", ms(p50([round_["cpu"] for round_ in rounds])))
    report.add(
        "Longest stall of the loop under 50 logins",
        f"median {ms(p50(stalls))}, worst of {len(rounds)} rounds {ms(max(stalls))} "
        f"(waiting for a core included: {ms(p50(walls))}, {ms(max(walls))})",
        "≤ 50 ms",
        max(stalls) <= 0.05,
    )


async def messaging(stage: Stage, report: Report) -> None:
    """One message at a time, then a hundred a second, against the bare client."""
    (romeo, juliet), (mercutio,) = stage.pair(), stage.take(1)
    visitor = await Visitor(stage.site, romeo).login()
    sender = await Sender(juliet, stage.lab).login()
    async with messages.bare(mercutio, stage.lab) as bare:
        async with tab(visitor, juliet) as page:
            found = await messages.latency(sender, page, visitor, bare, mercutio, _COUNT)
        ratio = p50(found.ours) / p50(found.bare)
        report.add(
            "From a peer's send to the browser's stream",
            f"p50 {ms(p50(found.ours))}, p95 {ms(p95(found.ours))}: {ratio:.1f} × bare",
            "p50 ≤ 1.5 × bare",
            ratio <= 1.5,
        )
        report.add(
            "The same to a bare slixmpp client", f"p50 {ms(p50(found.bare))}, p95 {ms(p95(found.bare))}"
        )
        report.add(
            "CPU of one message on its own, ours / bare", f"{ms(found.ours_cpu)} / {ms(found.bare_cpu)}"
        )
        async with tab(visitor, juliet) as page:
            cpu = await messages.steady(sender, romeo, 1000, stage.site.pid, page)
            late = list(page.latencies.values())
        bare_cpu = await messages.steady(sender, mercutio, 500, bare.pid, None)
    report.add(
        "CPU of a message at 100 a second: stored, receipt sent, drawn, streamed",
        f"{ms(cpu)} ({page.frames} frames, p50 to the stream {ms(p50(late))})",
        "≤ 0.5 ms",
        cpu <= 0.0005,
    )
    report.add("The same received by a bare slixmpp client", ms(bare_cpu))
    await sender.logout()
    await visitor.close()


async def conversations(stage: Stage, report: Report) -> None:
    """Pages of a short and of a long conversation."""
    romeo, juliet = stage.pair()
    nurse, tybalt = stage.pair()
    for one, other, number in ((romeo, juliet, 50), (nurse, tybalt, pages.LONG)):
        visitor = await Visitor(stage.site, one).login()
        await visitor.page("/chats")
        took = await pages.fill(visitor, other, stage.lab, number)
        if number == pages.LONG:
            report.add("1,000 messages at once, until all are counted", f"{took:.1f} s")
            unread = await pages.ask(visitor, other.path)
            report.add(
                f"GET of it while all are unread ({unread.rows} rows)",
                f"p50 {ms(p50(unread.times))}, CPU {ms(unread.cpu)}",
            )
        await pages.read_all(visitor, other)
        page = await pages.ask(visitor, other.path)
        met = p50(page.times) <= 0.1 if number == pages.LONG else None
        report.add(
            f"GET of a conversation of {number:,} messages ({page.rows} rows)",
            f"p50 {ms(p50(page.times))}, p95 {ms(p95(page.times))}, CPU {ms(page.cpu)}, "
            f"{page.size / 1000:.0f} KB, {page.compressed / 1000:.1f} KB compressed",
            "≤ 100 ms" if number == pages.LONG else "",
            met,
        )
        if number == pages.LONG:
            first, last = await pages.first_and_last_row(visitor, other.path)
            report.add(
                "First and last row of a full page over the wire",
                f"{ms(first)}, {ms(last)}",
                "the same",
                last - first <= 0.01,
            )
        await visitor.close()


async def long_memory(stage: Stage, report: Report) -> None:
    """A hundred thousand messages in one conversation."""
    romeo, juliet = stage.pair()
    visitor = await Visitor(stage.site, romeo).login()
    await visitor.page("/chats")
    await big.write(stage.site, romeo, juliet)
    for name, took in (await big.measure(visitor, juliet)).items():
        report.add(
            f"{big.NUMBER:,} messages in one conversation: {name}",
            f"p95 {ms(took)}",
            "≤ 200 ms",
            took <= 0.2,
        )
    await visitor.close()


async def halls(stage: Stage, report: Report) -> None:
    """Many local people in one room, and a crowd that comes in."""
    found = await rooms.measure(stage)
    report.add(
        f"A room of {rooms.PEOPLE} local accounts: CPU of a message for each, stored and drawn for a tab",
        ms(found.cpu),
    )
    report.add(
        "Until the last of their tabs has it",
        f"p50 {ms(p50(found.last))}, p95 {ms(p95(found.last))}",
    )
    report.add("Memory of such an account", f"{found.memory:.0f} KiB")
    report.add(
        "5,000 people come into a room: longest stall of the loop",
        f"{ms(found.storm_stall)} (CPU {ms(found.storm_cpu)})",
        "≤ 50 ms",
        found.storm_stall <= 0.05,
    )


async def browsing(stage: Stage, report: Report) -> None:
    """What a person at Chromium waits for."""
    romeo, juliet = stage.pair()
    fresh = stage.take(5)
    async with chromium.browser() as browser:
        first = [await chromium.login(browser, stage.site, account) for account in fresh]
        again = [await chromium.login(browser, stage.site, account) for account in fresh]
        report.add(
            "Click on “Log in” to the list painted",
            f"p50 {ms(p50(first))} the first time, {ms(p50(again))} later",
            "≤ 400 ms",
            max(p50(first), p50(again)) <= 0.4,
        )
        person = await Person.open(browser, stage.site, romeo)
        await person.login()
        late = await chromium.latency(person, juliet, stage.lab, 60)
        report.add(
            "From a peer's send to the row in the page",
            f"p50 {ms(p50(late))}, p95 {ms(p95(late))}",
            "p50 ≤ 20 ms",
            p50(late) <= 0.02,
        )
        view = await chromium.view(browser, stage.site, person, juliet)
        report.add(
            "First view of a chat in an empty browser",
            f"{view.requests} requests, {view.size / 1000:.1f} KB (page {view.page / 1000:.1f} KB)",
            "≤ 8 requests, ≤ 60 KB",
            view.requests <= 8 and view.size <= 60_000,
        )
        drawn, all_drawn = await chromium.rows_appear(browser, stage.site, person, juliet)
        report.add(
            "First and last row of a full page drawn, after the click on its link",
            f"{ms(drawn)}, {ms(all_drawn)}",
            "the same",
            all_drawn - drawn <= 0.02,
        )
        await person.close()


PARTS: dict[str, Callable[[Stage, Report], Awaitable[None]]] = {
    "sessions": sessions,
    "messages": messaging,
    "pages": conversations,
    "big": long_memory,
    "rooms": halls,
    "browser": browsing,
}


async def main(names: list[str]) -> int:
    """Run the parts of these names, or all; only a whole run is written down."""
    report = Report()
    start = time.monotonic()
    async with asyncio.timeout(LONGEST), stage() as here:
        for name in names or PARTS:
            await machine.quiet(QUIET)
            with machine.Others() as others:
                await PARTS[name](here, report)
            report.busy[name] = others.percent
            print(f"{name}: done after {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    print(report.text())
    if not names:
        report.write()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
