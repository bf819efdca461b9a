"""This room answers browsers about what one tells about oneself, and about the page of anybody."""

from starlette.routing import Route

from webchat.profile.views import card, person, place

PLACE = place.PATH

routes = (
    Route("/people/{jid}", person.person, methods=["GET"], name="person"),
    Route("/people/{jid}/contact", person.edit, methods=["POST"], name="person-contact"),
    Route(card.PATH, card.show_card, methods=["GET"], name="profile"),
    Route(card.PATH, card.save, methods=["POST"], name="profile-update"),
    Route(f"{card.PATH}/picture/files", card.picture, methods=["POST"], name="profile-picture"),
    Route(f"{card.PATH}/banner/files", card.banner, methods=["POST"], name="profile-banner"),
    Route(place.PATH, place.show_place, methods=["GET"], name="location"),
    Route(place.PATH, place.share, methods=["POST"], name="location-share"),
    Route(f"{place.PATH}/delete", place.clear, methods=["POST"], name="location-clear"),
)
