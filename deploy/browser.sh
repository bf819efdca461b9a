#!/usr/bin/env bash
# Installs Chromium for the tests: the one without windows where the distribution has it, else the whole one.
set -u
here=$(dirname "$0")
"$here/packages.sh" chromium-headless-shell || exec "$here/packages.sh" chromium
