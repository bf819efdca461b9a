"""This floor is HTTP: requests, templates, the stream of fragments. It knows no feature."""
