"""Webchat: a web client for XMPP, rendered on the server."""

__version__ = "0.1.0"
