"""The sample files of deploy/ for nginx and Caddy, started as they are but for names, ports and paths."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

from webchat.demo.child import Child

DEPLOY = Path(__file__).parents[2] / "deploy"
SAMPLES = {
    "nginx": "nginx/webchat.conf",
    "nginx-below-a-path": "nginx/webchat-below-a-path.conf",
    "caddy": "caddy/Caddyfile",
    "caddy-below-a-path": "caddy/Caddyfile-below-a-path",
}

NGINX = """
worker_processes 1;
pid {folder}/nginx.pid;
{user}
events {{ worker_connections 128; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    gzip on;
    {inside}
}}
"""
SERVER = """
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/tls.crt;
        ssl_certificate_key {folder}/tls.key;
        {inside}
    }}
"""
CADDY = """{{
	admin off
	default_bind 127.0.0.1
	auto_https disable_redirects
	storage file_system {folder}/caddy
	log {{
		level ERROR
	}}
}}
{inside}
"""


def program(name: str) -> str:
    """Where nginx or Caddy is; "" where it is not. Debian keeps nginx out of the path of people."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin") or ""


def proxies() -> list[str]:
    """The samples that can be tested here: Caddy's where it is installed, nginx's on Debian always."""
    debian = Path("/etc/debian_version").exists()
    return [each for each in SAMPLES if program(each.partition("-")[0]) or (debian and "nginx" in each)]


class Proxy:
    """One proxy of its own in front of one site.

    sample  a key of SAMPLES
    folder  for its configuration, certificate and log
    """

    def __init__(self, sample: str, folder: Path, port: int, site_port: int) -> None:
        self._kind = sample.partition("-")[0]
        self._text = (DEPLOY / SAMPLES[sample]).read_text(encoding="utf-8")
        self._folder = folder
        self._port = port
        self._site_port = site_port
        self._child = Child(folder / "proxy.pid", self._kind)

    @property
    def certificate(self) -> Path:
        """What its visitors trust."""
        return self._folder / "tls.crt"

    async def start(self) -> None:
        """Start it and wait until it answers; an error of the sample fails the test in the proxy's words."""
        await asyncio.to_thread(self._certify)
        main = self._folder / "main"
        main.write_text(self._nginx() if self._kind == "nginx" else self._caddy(), encoding="utf-8")
        command = {
            "nginx": ("-p", str(self._folder), "-e", "stderr", "-c", str(main), "-g", "daemon off;"),
            "caddy": ("run", "--adapter", "caddyfile", "--config", str(main)),
        }[self._kind]
        # Caddy wants a home of its own for what it keeps.
        environ = {"PATH": os.environ["PATH"], "HOME": str(self._folder)}
        with (self._folder / "log").open("ab") as log:
            await self._child.start(program(self._kind), *command, environ=environ, output=log)
        assert await self._child.answers(self._port, 10), (self._folder / "log").read_text(errors="replace")

    async def stop(self) -> None:
        """End it."""
        await self._child.stop()

    def _certify(self) -> None:
        subprocess.run(
            (
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
                *("-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
                *("-days", "2", "-keyout", "tls.key", "-out", "tls.crt"),
            ),
            cwd=self._folder,
            check=True,
            capture_output=True,
        )

    def _nginx(self) -> str:
        sample = self._replaced(
            {
                "127.0.0.1:8080": f"127.0.0.1:{self._site_port}",
                "listen 80;": f"listen unix:{self._folder}/plain;",
                "listen 443 ": f"listen 127.0.0.1:{self._port} ",
                "/etc/letsencrypt/live/chat.example.org/fullchain.pem": f"{self._folder}/tls.crt",
                "/etc/letsencrypt/live/chat.example.org/privkey.pem": f"{self._folder}/tls.key",
                "chat.example.org": "localhost",
            }
        )
        if "\nserver {" not in sample:
            sample = SERVER.format(port=self._port, folder=self._folder, inside=sample)
        user = "user root;" if os.getuid() == 0 else ""
        return NGINX.format(folder=self._folder, user=user, inside=sample)

    def _caddy(self) -> str:
        ours = f"https://localhost:{self._port} {{\n\ttls {self._folder}/tls.crt {self._folder}/tls.key"
        sample = self._replaced(
            {
                "127.0.0.1:8080": f"127.0.0.1:{self._site_port}",
                "\nchat.example.org {": f"\n{ours}",
                "\nexample.org {": f"\n{ours}",
            }
        )
        return CADDY.format(folder=self._folder, inside=sample)

    def _replaced(self, names: dict[str, str]) -> str:
        text = self._text
        for name, instead in names.items():
            text = text.replace(name, instead)
        return text
