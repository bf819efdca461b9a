"""This slice is what everybody may read without a login: blogs, public communities, and their feeds."""

from webchat.blog.views import routes
from webchat.slice import Slice

slice = Slice(name="blog", routes=routes)
