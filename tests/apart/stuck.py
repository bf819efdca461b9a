"""This room is a process apart that does whatever harm it is told: hang, sleep, swell, die, talk nonsense."""

import os
import signal
import sys
from pathlib import Path

from webchat import apart


def work(facts: apart.Facts, data: bytes) -> tuple[apart.Facts, bytes]:
    """One deed, by its name."""
    match facts.get("act", "spin"):
        case "look":
            links = [_leads(path) for path in Path("/proc/self/fd").iterdir()]
            told = {"sockets": sum(link.startswith("socket:") for link in links), "names": len(os.environ)}
            return told | {"secret": "WEBCHAT_SECRET_KEY" in os.environ}, data
        case "spin":
            while True:
                pass
        case "sleep":
            signal.pause()
        case "swell":
            return {}, b"x" * (1 << 30)
        case "die":
            os.kill(os.getpid(), 9)
        case "write":
            Path(data.decode()).write_text("x")
        case "nonsense":
            sys.stdout.buffer.write(b"{}\n")
            sys.stdout.buffer.flush()
        case "endless":
            sys.stdout.buffer.write(b'{"size": Infinity}\n')
            sys.stdout.buffer.flush()
        case "much":
            return {}, b"x" * 5000
    return {"id": os.getpid()}, data


def _leads(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""


if __name__ == "__main__":
    apart.serve(work, memory=512 * 1024 * 1024, seconds=0.3)
