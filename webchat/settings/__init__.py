"""This slice is Configuration: how the site looks and behaves for one account."""

from webchat.settings import views
from webchat.slice import Slice

slice = Slice(name="settings", routes=views.routes)
