"""Settings: every name is known, every value is checked, errors name what is wrong."""

import stat
from pathlib import Path

import pytest

from webchat.config import SETTINGS, ConfigError, Settings


def settings(folder: Path, **values: str) -> Settings:
    """Settings of an environment with these names, a data directory included."""
    given = {f"WEBCHAT_{name}": value for name, value in values.items()}
    return Settings.from_env({"WEBCHAT_DATA_DIR": str(folder), "HOME": "/nowhere"} | given)


def test_without_any_name_the_defaults_hold(tmp_path: Path) -> None:
    made = settings(tmp_path)
    assert made.listen == ("127.0.0.1", 8080)
    assert str(made.base_url) == "http://localhost:8080"
    assert made.database_url == f"sqlite:///{tmp_path}/webchat.sqlite"
    assert made.linger_hours == 24
    assert (made.max_sessions, made.metrics, made.secure) == (None, "off", False)


def test_the_secret_key_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    first = settings(tmp_path / "data")
    path = tmp_path / "data" / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert settings(tmp_path / "data").secret_key == first.secret_key
    assert settings(tmp_path / "other").secret_key != first.secret_key


def test_settings_do_not_show_their_secrets(tmp_path: Path) -> None:
    made = settings(tmp_path, SECRET_KEY="k" * 40)
    assert "kkkk" not in repr(made)
    assert made.secret_key == b"k" * 40


@pytest.mark.parametrize(
    ("name", "near"),
    [("WEBCHAT_BASEURL", "WEBCHAT_BASE_URL"), ("WEBCHAT_SECRET_KEY_FIL", "WEBCHAT_SECRET_KEY_FILE")],
)
def test_an_unknown_name_stops_the_start_and_names_the_nearest(tmp_path: Path, name: str, near: str) -> None:
    with pytest.raises(ConfigError, match=f"{name} is not a setting; did you mean {near}"):
        Settings.from_env({"WEBCHAT_DATA_DIR": str(tmp_path), name: "x"})


def test_secrets_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("f" * 40 + "\n")
    assert settings(tmp_path, SECRET_KEY_FILE=str(tmp_path / "key")).secret_key == b"f" * 40
    with pytest.raises(ConfigError, match="both set"):
        settings(tmp_path, SECRET_KEY_FILE=str(tmp_path / "key"), SECRET_KEY="k" * 40)
    with pytest.raises(ConfigError, match="cannot be read"):
        settings(tmp_path, SECRET_KEY_FILE=str(tmp_path / "none"))


def test_a_name_that_is_no_secret_has_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="WEBCHAT_LISTEN_FILE is not a setting"):
        settings(tmp_path, LISTEN_FILE="/x")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LISTEN", "8080"),
        ("LISTEN", "localhost:0"),
        ("LISTEN", "localhost:99999"),
        ("BASE_URL", "chat.example.org"),
        ("BASE_URL", "ftp://chat.example.org"),
        ("BASE_URL", "https://a:b@chat.example.org"),
        ("BASE_URL", "https://chat.example.org/?x"),
        ("BASE_URL", "https://chat.example.org/a/../b"),
        ("SECRET_KEY", "short"),
        ("DEFAULT_DOMAIN", "me@example.org"),
        ("ALLOWED_DOMAINS", "example.org,a/b"),
        ("ACCOUNT_HELP_URL", "javascript:alert(1)"),
        ("XMPP_CA_FILE", "/no/such/file"),
        ("XMPP_HOSTS", "example.org"),
        ("XMPP_HOSTS", "example.org=localhost"),
        ("ALLOW_PRIVATE", "10.0.0.0/99"),
        ("TRUSTED_PROXIES", "everybody"),
        ("LINGER_HOURS", "long"),
        ("LINGER_HOURS", "-1"),
        ("MAX_SESSIONS", "0"),
        ("MAX_SESSIONS", "many"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "loud"),
        ("METRICS", "on"),
        ("METRICS", "token:short"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"WEBCHAT_{name}"):
        settings(tmp_path, **{name: value})


def test_values_are_read(tmp_path: Path) -> None:
    made = settings(
        tmp_path,
        LISTEN="[::1]:9000",
        BASE_URL="https://Chat.Example.org:443/talk/",
        ALLOWED_DOMAINS="Example.org, example.net.",
        XMPP_HOSTS="example.org=127.0.0.1:5222,example.net=[::1]:5223",
        ALLOW_PRIVATE="10.0.0.0/8,::1",
        MAX_SESSIONS="50",
        METRICS="127.0.0.1:9100",
    )
    assert made.listen == ("::1", 9000)
    assert (made.base_url.origin, made.base_url.prefix, made.secure) == (
        "https://chat.example.org",
        "/talk",
        True,
    )
    assert made.allowed_domains == {"example.org", "example.net"}
    assert made.xmpp_hosts == {"example.org": ("127.0.0.1", 5222), "example.net": ("::1", 5223)}
    assert [str(network) for network in made.allow_private] == ["10.0.0.0/8", "::1/128"]
    assert made.max_sessions == 50


def test_every_setting_says_what_it_means_and_has_a_field() -> None:
    for setting in SETTINGS:
        assert setting.meaning.endswith(".")
        assert setting.name.removeprefix("WEBCHAT_").lower() in Settings.__dataclass_fields__
    assert len(SETTINGS) == len(Settings.__dataclass_fields__)


def test_the_root_holds_templates_static_files_and_migrations(tmp_path: Path) -> None:
    for folder in ("templates", "static", "migrations"):
        assert (settings(tmp_path).root / folder).is_dir()


def test_what_an_operator_says_of_the_site(tmp_path: Path) -> None:
    made = settings(tmp_path)
    assert (made.instance_name, made.instance_description, made.banner, made.motd) == ("Webchat", "", "", "")
    assert (made.chat_only, made.retention_days, made.admins) == (False, None, frozenset())
    made = settings(
        tmp_path,
        INSTANCE_NAME="Verona",
        CHAT_ONLY="Yes",
        RETENTION_DAYS="90",
        ADMINS="Romeo@Example.org, j@a.b",
    )
    assert (made.instance_name, made.chat_only, made.retention_days) == ("Verona", True, 90)
    assert made.admins == {"romeo@example.org", "j@a.b"}


def test_a_long_message_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "motd.md").write_text("# Welcome\n\nto *Verona*\n")
    assert settings(tmp_path, MOTD_FILE=str(tmp_path / "motd.md")).motd == "# Welcome\n\nto *Verona*"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("INSTANCE_NAME", "x" * 61, "at most 60 characters"),
        ("BANNER", "two\nlines", "plain text in one line"),
        ("MOTD", "x" * 4001, "at most 4000 characters"),
        ("CHAT_ONLY", "perhaps", "yes or no"),
        ("RETENTION_DAYS", "0", "between 1 and 36500"),
        ("RETENTION_DAYS", "a week", "between 1 and 36500"),
        ("ADMINS", "romeo", "name@example.org"),
        ("ADMINS", "@example.org", "name@example.org"),
    ],
)
def test_what_an_operator_cannot_say(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=f"WEBCHAT_{name}: .*{sentence}"):
        settings(tmp_path, **{name: value})
