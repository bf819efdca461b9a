#!/usr/bin/env bash
# Starts the demo server in the foreground, with a throw-away certificate authority of its own.
#
#   DEMO_DIR        folder of everything it keeps           DEMO_DOMAIN     domain of the accounts (demo.localhost)
#   DEMO_PORT       STARTTLS port (15222)                   DEMO_TLS_PORT   direct TLS port (15223)
#   DEMO_HTTP_PORT  port of files (15280)
#   DEMO_INTERFACE  address to listen on (127.0.0.1)        DEMO_PEOPLE     any value: make the demo people
#   DEMO_SITE       where browsers reach the site
#   DEMO_CONFIG     another configuration, that includes demo.cfg.lua
#   DEMO_CA         where to put the authority's certificate for clients (DEMO_DIR/certs/ca.crt)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
: "${DEMO_DIR:?folder}"
export DEMO_DIR DEMO_DOMAIN="${DEMO_DOMAIN:-demo.localhost}" DEMO_MODULES="${DEMO_MODULES:-$here/modules}"

certs=$DEMO_DIR/certs
mkdir -p "$DEMO_DIR/data"
chmod 700 "$DEMO_DIR"
"$here/certificates.sh" "$certs" "$DEMO_DOMAIN"
[ -z "${DEMO_CA:-}" ] || cp "$certs/ca.crt" "$DEMO_CA"

rm -f "$DEMO_DIR/prosody.pid"
exec prosody --config "${DEMO_CONFIG:-$here/demo.cfg.lua}" -F
