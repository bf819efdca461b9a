"""This floor handles the bytes of files: fetching and bringing them behind the guard, what they are, Ogg."""
