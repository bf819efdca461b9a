"""This room lends the lab's certificates and ready-made ways to log in to a hostile server."""

import pytest

from tests.hostile.lab_certs import Lab


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """One authority for the whole run."""
    return Lab(tmp_path_factory.mktemp("lab"))
