"""This room answers browsers about communities: finding and opening them, reading one, looking after one."""

from starlette.routing import Route

from webchat.nodes.views import community, directory, powers

_SERVER = "/communities/{service}"
_NODE = f"{_SERVER}/{{node}}"

routes = (
    Route("/communities", directory.index, methods=["GET"], name="communities"),
    Route(_SERVER, directory.server, methods=["GET"], name="communities-of"),
    Route(_SERVER, directory.create, methods=["POST"], name="community-create"),
    Route(_NODE, community.show_community, methods=["GET"], name="community"),
    Route(f"{_NODE}/configuration", powers.configuration, methods=["GET"], name="community-configuration"),
    Route(f"{_NODE}/configuration", powers.configure, methods=["POST"], name="community-configure"),
    Route(f"{_NODE}/picture", powers.picture, methods=["GET"], name="community-picture"),
    Route(f"{_NODE}/picture/files", powers.set_picture, methods=["POST"], name="community-picture-set"),
    Route(f"{_NODE}/form", powers.form, methods=["GET"], name="community-form"),
    Route(f"{_NODE}/form", powers.submit_form, methods=["POST"], name="community-form-send"),
    Route(f"{_NODE}/repair", powers.repair, methods=["POST"], name="community-repair"),
    Route(f"{_NODE}/roles", powers.roles, methods=["GET"], name="community-roles"),
    Route(f"{_NODE}/roles", powers.set_role, methods=["POST"], name="community-role"),
    Route(f"{_NODE}/subscribers", powers.subscribers, methods=["GET"], name="community-subscribers"),
    Route(f"{_NODE}/subscribers", powers.set_subscriber, methods=["POST"], name="community-subscriber"),
    Route(f"{_NODE}/delete", powers.delete, methods=["GET"], name="community-delete"),
    Route(f"{_NODE}/delete", powers.delete_now, methods=["POST"], name="community-delete-now"),
    # Addresses that were not made here, or were decoded once too often on their way.
    Route(f"{_SERVER}/{{node:path}}", community.elsewhere, methods=["GET"], name="community-elsewhere"),
)
