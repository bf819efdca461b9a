"""This floor is the demonstration: the site beside a private XMPP server with five people, on one machine."""
