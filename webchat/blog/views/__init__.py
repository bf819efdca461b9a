"""This floor answers browsers: public pages and feeds (public), their pictures (pictures), posts of a person
for who is signed in (person)."""

from starlette.routing import Route

from webchat.blog.views import person, pictures, public

routes = (
    Route("/@{name}", public.blog, methods=["GET"], name="blog"),
    Route("/@{name}/feed.atom", public.blog_feed, methods=["GET"], name="blog-feed"),
    Route("/@{name}/{item}", public.blog_post, methods=["GET"], name="blog-post"),
    Route("/c/{service}/{node}", public.community, methods=["GET"], name="public-community"),
    Route("/c/{service}/{node}/feed.atom", public.community_feed, methods=["GET"], name="community-feed"),
    Route("/c/{service}/{node}/{item}", public.community_post, methods=["GET"], name="public-post"),
    Route("/media/open/face/{sha1}", pictures.face, methods=["GET"], name="open-face"),
    Route("/media/open/{id:int}/{token}", pictures.picture, methods=["GET"], name="open-media"),
    Route("/people/{jid}/posts", person.posts, methods=["GET"], name="person-posts"),
)

__all__ = ["routes"]
