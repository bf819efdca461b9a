"""The unit of systemd: the commands and settings that it names exist, and systemd understands all of it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.proxies.proxy import DEPLOY
from webchat.config import SETTINGS

UNIT = DEPLOY / "systemd" / "webchat.service"
EXPOSED = 20
"""What `systemd-analyze security` may say at the most, in tenths: 0 is a service that can do nothing."""

WALLS = (
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "DynamicUser=yes",
    "CapabilityBoundingSet=\n",
    "PrivateTmp=yes",
)


def test_the_unit_names_what_exists(tmp_path: Path) -> None:
    text = UNIT.read_text(encoding="utf-8")
    assert set(re.findall(r"WEBCHAT_\w+", text)) <= {setting.name for setting in SETTINGS}
    assert re.findall(r"-m webchat (\w+)", text) == ["migrate", "serve"]
    assert [wall for wall in WALLS if wall not in text] == []
    if analyze := shutil.which("systemd-analyze"):
        here = text.replace("/opt/webchat/venv/bin/python", sys.executable).replace(
            "/opt/webchat", os.getcwd()
        )
        (tmp_path / "webchat.service").write_text(here, encoding="utf-8")
        command = (analyze, "verify", "--man=no", str(tmp_path / "webchat.service"))
        said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
        assert [line for line in said.splitlines() if "webchat.service" in line] == []
        judge = (analyze, "security", "--offline=true", f"--threshold={EXPOSED}", command[-1])
        judged = subprocess.run(judge, capture_output=True, text=True, check=False)
        assert judged.returncode == 0, judged.stdout.splitlines()[-1:]
