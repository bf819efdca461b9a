"""This room is what we compare with: slixmpp as it comes, receiving, in a process of its own.

`python -m tests.bench.bare PORT CA JID PASSWORD` signs in, prints "ready", and for every line on its standard
input one line of JSON: the latencies since the last one, and its CPU.
"""

import asyncio
import json
import ssl
import sys
import time
from typing import Any

from slixmpp import ClientXMPP

PLUGINS = ("xep_0030", "xep_0115", "xep_0198", "xep_0199", "xep_0280", "xep_0313", "xep_0359")


class Receiver:
    """Notes when each message came; its body begins with the moment it was sent."""

    def __init__(self, jid: str, password: str, ca_file: str) -> None:
        context = ssl.create_default_context(cafile=ca_file)
        self.client: Any = ClientXMPP(jid, password, ssl_context=context)
        self.client.enable_direct_tls = False
        for plugin in PLUGINS:
            self.client.register_plugin(plugin)
        self.client.add_event_handler("message", self._message)
        self.latencies: list[float] = []

    def _message(self, message: Any) -> None:
        self.latencies.append(time.perf_counter() - float(message["body"].split()[0]))

    async def login(self, port: int) -> None:
        """Sign in; from here on messages come."""
        ready = asyncio.get_running_loop().create_future()
        self.client.add_event_handler("session_start", ready.set_result)
        self.client.connect("127.0.0.1", port)
        await asyncio.wait_for(ready, 20)
        await self.client.get_roster()
        self.client.send_presence()


async def _main(port: str, ca_file: str, jid: str, password: str) -> None:
    receiver = Receiver(jid, password, ca_file)
    await receiver.login(int(port))
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps({"latencies": receiver.latencies, "cpu": time.process_time()}), flush=True)
        receiver.latencies = []
    receiver.client.abort()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
