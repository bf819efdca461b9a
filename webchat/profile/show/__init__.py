"""This floor makes what one tells about oneself into what templates draw, and the page about somebody."""

from webchat.profile.show.card import CardView, FieldView, card_view
from webchat.profile.show.person import PersonPage, PostsOf, person_page, posts_of
from webchat.profile.show.place import OwnPlaceView, PlaceView, own_place, place_view

__all__ = [
    "CardView",
    "FieldView",
    "OwnPlaceView",
    "PersonPage",
    "PlaceView",
    "PostsOf",
    "card_view",
    "own_place",
    "person_page",
    "place_view",
    "posts_of",
]
