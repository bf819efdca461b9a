"""This room answers browsers about rooms: the page of one, finding and making them, who may do what."""

from starlette.routing import Route

from webchat.rooms.views import about, find, powers, room, standing

_ROOM = "/rooms/{jid}"

routes = (
    Route("/rooms", find.index, methods=["GET"], name="rooms"),
    Route("/rooms/join", find.join, methods=["GET"], name="room-find"),
    Route("/rooms/create", find.create, methods=["GET"], name="room-new"),
    Route("/rooms/create", find.make, methods=["POST"], name="room-create"),
    Route(_ROOM, room.show_room, methods=["GET"], name="room"),
    Route(f"{_ROOM}/join", room.join, methods=["POST"], name="room-join"),
    Route(f"{_ROOM}/leave", room.leave, methods=["POST"], name="room-leave"),
    Route(f"{_ROOM}/forget", room.forget, methods=["POST"], name="room-forget"),
    Route(f"{_ROOM}/invitation/delete", room.decline, methods=["POST"], name="invitation-decline"),
    Route(f"{_ROOM}/about", about.about, methods=["GET"], name="room-about"),
    Route(f"{_ROOM}/keep", about.keep, methods=["POST"], name="room-keep"),
    Route(f"{_ROOM}/subject", about.subject, methods=["POST"], name="room-subject"),
    Route(f"{_ROOM}/invite", about.invite, methods=["GET"], name="room-invite"),
    Route(f"{_ROOM}/invite", about.send_invitations, methods=["POST"], name="room-invite-send"),
    Route(f"{_ROOM}/report", about.report, methods=["GET"], name="room-report"),
    Route(f"{_ROOM}/report", about.send_report, methods=["POST"], name="room-report-send"),
    Route(f"{_ROOM}/people/{{nick:path}}", powers.person, methods=["GET"], name="occupant"),
    Route(f"{_ROOM}/people/{{nick:path}}", powers.act, methods=["POST"], name="occupant-act"),
    Route(f"{_ROOM}/members", powers.members, methods=["GET"], name="room-members"),
    Route(f"{_ROOM}/members", powers.set_member, methods=["POST"], name="room-members-change"),
    Route(f"{_ROOM}/configuration", powers.configuration, methods=["GET"], name="room-configuration"),
    Route(f"{_ROOM}/configuration", powers.configure, methods=["POST"], name="room-configure"),
    Route(f"{_ROOM}/membership", standing.membership, methods=["GET"], name="room-membership"),
    Route(f"{_ROOM}/membership", standing.ask_membership, methods=["POST"], name="room-membership-ask"),
    Route(f"{_ROOM}/question", standing.answer, methods=["POST"], name="room-question"),
    Route(
        f"{_ROOM}/question/{{id}}/{{number:int}}",
        standing.question_picture,
        methods=["GET"],
        name="room-question-picture",
    ),
    Route(f"{_ROOM}/picture", standing.picture, methods=["GET"], name="room-picture"),
    Route(f"{_ROOM}/picture/files", standing.set_picture, methods=["POST"], name="room-picture-set"),
    Route(f"{_ROOM}/destroy", powers.destroy, methods=["GET"], name="room-destroy"),
    Route(f"{_ROOM}/destroy", powers.destroy_now, methods=["POST"], name="room-destroy-now"),
)
