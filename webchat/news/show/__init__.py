"""This floor makes what the pages of reading draw: news and finds (reading), what is followed (following)."""

from webchat.news.show.following import dialog, refused, subscriptions
from webchat.news.show.lists import address, micros, moment_of, older, place_of, place_text, tab_of
from webchat.news.show.reading import PAGE, around_page, explore, news, pill, suggestions

__all__ = [
    "PAGE",
    "address",
    "around_page",
    "dialog",
    "explore",
    "micros",
    "moment_of",
    "news",
    "older",
    "pill",
    "place_of",
    "place_text",
    "refused",
    "subscriptions",
    "suggestions",
    "tab_of",
]
