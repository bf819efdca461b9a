#!/usr/bin/env bash
# Fetches Converse into .run/peers, once, with npm; its version is what docs/interoperability.md speaks of.
set -eu

version=14.0.0
folder=.run/peers/converse
[ -f "$folder/package/dist/converse.min.js" ] && exit 0
if ! command -v npm >/dev/null; then
	echo "Converse is fetched with npm, and npm is not here: apt install npm" >&2
	exit 1
fi
echo "Fetching Converse $version (npm)"
mkdir -p "$folder"
cd "$folder"
archive=$(npm pack --silent "converse.js@$version")
tar -xzf "$archive"
rm "$archive"
