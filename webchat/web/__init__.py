"""This floor is HTTP: requests, templates, the stream of fragments. It knows no feature."""

from webchat.web import numbers

__all__ = ["numbers"]
