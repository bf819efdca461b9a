"""This slice is how people report a message, a post or a comment to those who run this site."""

from webchat.complaints.views import routes
from webchat.slice import Slice

slice = Slice(name="complaints", routes=routes)
