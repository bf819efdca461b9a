"""This room is another server on loopback: it keeps what is PUT there and answers GETs as a test says."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Page:
    """One answer; `drip` seconds lie between its bytes."""

    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    drip: float = 0.0


class Host:
    """A host: `pages` by path, `asked` are the requests that came (method, path, headers)."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.put_status = 201
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> "Host":
        """Listen."""
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def stop(self) -> None:
        """No longer."""
        if self._runner is not None:
            await self._runner.cleanup()

    def put(self, path: str, body: bytes, **headers: str) -> str:
        """Have something at a path; its address."""
        self.pages[path] = Page(body, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.url + path

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        self.asked.append((request.method, path, dict(request.headers)))
        if request.method == "PUT":
            body = await request.read()
            if self.put_status == 201:
                self.pages[path] = Page(body, {"Content-Type": request.headers.get("Content-Type", "")})
            return web.Response(status=self.put_status)
        page = self.pages.get(path)
        if page is None:
            return web.Response(status=404)
        if page.drip:
            answer = web.StreamResponse(status=page.status, headers=page.headers)
            await answer.prepare(request)
            for byte in page.body:
                await answer.write(bytes([byte]))
                await asyncio.sleep(page.drip)
            return answer
        wanted = request.http_range
        if "Range" in request.headers and page.status == 200:
            start = wanted.start or 0
            end = min(wanted.stop or len(page.body), len(page.body))
            part = {"Content-Range": f"bytes {start}-{end - 1}/{len(page.body)}"}
            return web.Response(body=page.body[start:end], status=206, headers=page.headers | part)
        return web.Response(body=page.body, status=page.status, headers=page.headers)
