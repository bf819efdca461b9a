"""This floor is the only one that knows slixmpp: stanzas become events here, verbs become stanzas."""
