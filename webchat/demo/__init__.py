"""This floor is the demonstration: the site beside a private XMPP server with four people, on one machine."""
