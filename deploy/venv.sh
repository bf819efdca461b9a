#!/usr/bin/env bash
# Makes .venv with the first Python that is new enough.
set -eu

for name in python3.11 python3 python3.12 python3.13 python3.14; do
	if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
		python=$name
		break
	fi
done
if [ -z "${python:-}" ]; then
	echo "Python 3.11 or newer is needed; on Debian: apt install python3" >&2
	exit 1
fi

version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
"$(dirname "$0")/packages.sh" "$version-venv"
"$python" -m venv .venv
