"""This room puts ejabberd where the other dialogues have Prosody, and has both speak with each other."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.lab.ejabberd import Ejabberd
from tests.lab.prosody import DOMAIN, Lab
from tests.lab.server import Server
from tests.lab.site import Site
from webchat.demo.ports import free_port

OTHER = "venice.localhost"
"""The domain of the ejabberd that speaks with Prosody."""


def _names(domain: str, port: int) -> dict[str, int]:
    return {domain: port, f"pubsub.{domain}": port, f"comments.{domain}": port}


@pytest.fixture(scope="session")
def ports() -> tuple[int, int]:
    """Where Prosody and where ejabberd speaks with servers."""
    # Below those that the system gives to connections: they are used a while after they were found free.
    return free_port(15269), free_port(15270)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one_ejabberd(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ejabberd]:
    """The ejabberd of the run."""
    lab = Ejabberd(tmp_path_factory.mktemp("ejabberd"))
    await lab.start()
    yield lab
    await lab.kill()


@pytest_asyncio.fixture(loop_scope="session")
async def server(one_ejabberd: Ejabberd) -> Server:
    """ejabberd, running even if the test before left it stopped."""
    if not one_ejabberd.pid:
        await one_ejabberd.start()
    return one_ejabberd


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def neighbour(
    tmp_path_factory: pytest.TempPathFactory, ports: tuple[int, int]
) -> AsyncIterator[Ejabberd]:
    """Another one, which speaks with Prosody."""
    mine, theirs = ports[1], _names(DOMAIN, ports[0])
    lab = Ejabberd(tmp_path_factory.mktemp("neighbour"), domain=OTHER, beside=(mine, theirs))
    await lab.start()
    yield lab
    await lab.kill()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one_prosody(tmp_path_factory: pytest.TempPathFactory, ports: tuple[int, int]) -> AsyncIterator[Lab]:
    """Prosody, which knows the way to the neighbour."""
    mine, theirs = ports[0], _names(OTHER, ports[1])
    lab = Lab(tmp_path_factory.mktemp("prosody"), beside=(mine, theirs))
    await lab.start()
    yield lab
    await lab.kill()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one_site(
    one_prosody: Lab, neighbour: Ejabberd, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """One site for people of both servers."""
    folder = tmp_path_factory.mktemp("site")
    authorities = folder / "ca.crt"
    authorities.write_bytes(one_prosody.ca_file.read_bytes() + neighbour.ca_file.read_bytes())
    hosts = f"{one_prosody.hosts},{OTHER}=127.0.0.1:{neighbour.port}"
    environ = {"WEBCHAT_XMPP_HOSTS": hosts, "WEBCHAT_XMPP_CA_FILE": str(authorities)}
    site = Site(folder, one_prosody, environ)
    await site.start()
    yield site
    await site.stop()
