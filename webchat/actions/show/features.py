"""This room knows what a server can offer to its people, in words, and which lines add it."""

from collections.abc import Callable
from dataclasses import dataclass

from webchat.web.language import N_
from webchat.xmpp import namespaces as ns
from webchat.xmpp.server import Entity, Server


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of our server: what it told, and what its stream said at login."""

    server: Server
    resumes: bool
    told_active: bool

    def domain(self, feature: str) -> bool:
        """Whether the server has a feature, or our account there."""
        return feature in self.server.domain.info.features or feature in self.server.account.info.features

    def service(self, category: str, kind: str = "", feature: str = "") -> Entity | None:
        """The service of this kind."""
        for one in (*self.server.services, self.server.domain):
            if one.is_a(category, kind) and (not feature or feature in one.info.features):
                return one
        return None

    @property
    def upload(self) -> Entity | None:
        """What keeps files (XEP-0363)."""
        entities = (self.server.domain, *self.server.services)
        return next((one for one in entities if ns.HTTP_UPLOAD in one.info.features), None)


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing a server can offer.

    name, text  message ids: what it is, and what one has of it
    has         whether it is there
    prosody     names for modules_enabled; `component`: a Component line instead, with its name
    ejabberd    names of modules; none where none is known
    """

    name: str
    text: str
    has: Callable[[Told], bool]
    prosody: tuple[str, ...] = ()
    ejabberd: tuple[str, ...] = ()
    component: str = ""


def _has(*features: str) -> Callable[[Told], bool]:
    return lambda told: any(told.domain(feature) for feature in features)


EJABBERD = {
    "mod_pubsub": "plugins: [flat, pep]",
    "mod_http_upload": 'put_url: "https://@HOST@:5443/upload"',
    "mod_disco": 'server_info: [{modules: all, name: abuse-addresses, urls: ["mailto:abuse@@HOST@"]}]',
}
"""Options without which the module does not do what is missing."""

PROSODY = {
    "server_contact_info": 'contact_info = { abuse = { "mailto:abuse@%s" }; admin = { "xmpp:admin@%s" } }',
}
"""Lines that belong to a module."""

GROUPS: tuple[tuple[str, tuple[Feature, ...]], ...] = (
    (
        N_("Messages"),
        (
            Feature(
                N_("Message archive"),
                N_("Messages are kept on the server: each device has the whole conversation."),
                _has(ns.MAM),
                ("mam",),
                ("mod_mam",),
            ),
            Feature(
                N_("All devices at once"),
                N_("What you send and get on one device is on the others at the same moment."),
                _has(ns.CARBONS),
                ("carbons",),
                ("mod_carboncopy",),
            ),
            Feature(
                N_("Messages wait"),
                N_("What is sent while you are away is kept until you come back."),
                _has("msgoffline"),
                ("offline",),
                ("mod_offline",),
            ),
            Feature(
                N_("Safe over bad lines"),
                N_("Nothing is lost or doubled when a connection breaks."),
                lambda told: told.resumes,
                ("smacks",),
                ("mod_stream_mgmt",),
            ),
            Feature(
                N_("Quiet while nobody looks"),
                N_("The server holds back what can wait, which saves the batteries of telephones."),
                lambda told: told.told_active,
                ("csi_simple",),
                ("mod_client_state",),
            ),
            Feature(
                N_("Waking telephones"),
                N_("Apps on telephones hear of a message although they sleep."),
                _has(ns.PUSH),
                ("cloud_notify",),
                ("mod_push",),
            ),
            Feature(
                N_("Files and pictures"),
                N_("Files are put on the server, and everybody in a conversation can fetch them."),
                lambda told: told.upload is not None,
                ("http_file_share",),
                ("mod_http_upload",),
                "upload",
            ),
        ),
    ),
    (
        N_("People"),
        (
            Feature(
                N_("Blocking"),
                N_("Whom you block is blocked for all your devices."),
                _has(ns.BLOCKING),
                ("blocklist",),
                ("mod_blocking",),
            ),
            Feature(
                N_("Reports"),
                N_("You can tell those who run the server about spam and abuse."),
                _has(ns.REPORTING, ns.REPORTING_OLDER),
                ("spam_reporting",),
            ),
            Feature(
                N_("Profiles and posts of your own"),
                N_("Your picture, your profile, what you have read and your posts are kept on the server."),
                lambda told: told.server.account.is_a("pubsub", "pep"),
                ("pep",),
                ("mod_pubsub",),
            ),
            Feature(
                N_("One picture for all apps"),
                N_("Your picture is seen by older apps too."),
                _has(ns.AVATAR_CONVERSION),
                ("vcard_legacy",),
                ("mod_avatar",),
            ),
            Feature(
                N_("One list of rooms for all apps"),
                N_("The rooms you keep are the same in older apps."),
                _has(f"{ns.BOOKMARKS}#compat", ns.BOOKMARKS_CONVERSION),
                ("bookmarks",),
                ("mod_private",),
            ),
            Feature(
                N_("Last activity"),
                N_("Your contacts can see when you were last there, if you let them."),
                _has(ns.LAST),
                ("lastactivity",),
                ("mod_last",),
            ),
        ),
    ),
    (
        N_("Rooms and communities"),
        (
            Feature(
                N_("Rooms"),
                N_("You can found groups and channels on this server."),
                lambda told: told.service("conference", "text", ns.MUC) is not None,
                ("muc",),
                ("mod_muc",),
                "conference",
            ),
            Feature(
                N_("Communities"),
                N_("There is a place for communities and their posts."),
                lambda told: told.service("pubsub", "service") is not None,
                ("pubsub",),
                ("mod_pubsub",),
                "pubsub",
            ),
        ),
    ),
    (
        N_("The account and the server"),
        (
            Feature(
                N_("Changing the password"),
                N_("The account can be managed from an app."),
                _has(ns.REGISTER),
                ("register",),
                ("mod_register",),
            ),
            Feature(
                N_("Commands"),
                N_("The server has commands that can be run from here."),
                _has(ns.COMMANDS),
                ("adhoc",),
                ("mod_adhoc",),
            ),
            Feature(
                N_("Calls"),
                N_("The server helps apps that can make calls to find a way through routers."),
                _has(ns.EXTERNAL_SERVICES),
                ("turn_external",),
                ("mod_stun_disco",),
            ),
            Feature(
                N_("Whom to write to"),
                N_("The server says how those who run it can be reached."),
                lambda told: bool(told.server.contacts),
                ("server_contact_info",),
                ("mod_disco",),
            ),
            Feature(
                N_("How long it has been up"),
                N_("The server says when it was started."),
                lambda told: told.server.since is not None,
                ("uptime",),
                ("mod_last",),
            ),
        ),
    ),
)
"""All that this page looks for, in the order in which it stands there."""
