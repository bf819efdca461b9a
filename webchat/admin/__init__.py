"""This slice is what the people who run this instance see and decide."""

from webchat.admin.views import routes
from webchat.slice import Slice

slice = Slice(name="admin", routes=routes)
