"""This room signs Romeo in with everything that the site has, and opens a browser for him."""

from tests.lab.resident import database, romeo, web

__all__ = ["database", "romeo", "web"]
