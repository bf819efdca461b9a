#!/usr/bin/env bash
# Starts the demo server in the foreground, with a throw-away certificate authority of its own.
#
#   DEMO_DIR        folder of everything it keeps           DEMO_DOMAIN     domain of the accounts (demo.localhost)
#   DEMO_PORT       STARTTLS port (15222)                   DEMO_TLS_PORT   direct TLS port (15223)
#   DEMO_INTERFACE  address to listen on (127.0.0.1)        DEMO_PEOPLE     any value: make the demo people
#   DEMO_CONFIG     another configuration, that includes demo.cfg.lua
#   DEMO_CA         where to put the authority's certificate for clients (DEMO_DIR/certs/ca.crt)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
: "${DEMO_DIR:?folder}"
export DEMO_DIR DEMO_DOMAIN="${DEMO_DOMAIN:-demo.localhost}" DEMO_MODULES="${DEMO_MODULES:-$here/modules}"

certs=$DEMO_DIR/certs
mkdir -p "$certs" "$DEMO_DIR/data"
chmod 700 "$DEMO_DIR"

certificate() { # subject, name of the files, options
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" -keyout "$certs/$2.key" "${@:3}"
}

if [ ! -e "$certs/server.crt" ]; then
	# The authority may vouch for this domain only, so trusting it gives nothing else away.
	certificate "Demo authority" ca -x509 -days 3650 -out "$certs/ca.crt" \
		-addext "keyUsage=critical,keyCertSign" \
		-addext "nameConstraints=critical,permitted;DNS:$DEMO_DOMAIN" 2>/dev/null
	certificate "$DEMO_DOMAIN" server -out "$certs/server.csr" 2>/dev/null
	openssl x509 -req -in "$certs/server.csr" -CA "$certs/ca.crt" -CAkey "$certs/ca.key" -CAcreateserial \
		-days 3650 -out "$certs/new.crt" 2>/dev/null -extfile <(
			# A wildcard as short as *.localhost is refused by OpenSSL, hence the longer one.
			echo "subjectAltName=DNS:$DEMO_DOMAIN,DNS:*.$DEMO_DOMAIN"
			# The rest is what Python 3.13 asks of a certificate.
			printf '%s\n' "basicConstraints=CA:FALSE" "keyUsage=critical,digitalSignature" "extendedKeyUsage=serverAuth" \
				"subjectKeyIdentifier=hash" "authorityKeyIdentifier=keyid"
		)
	# Nobody needs the authority any more.
	rm "$certs/ca.key" "$certs/server.csr"
	mv "$certs/new.crt" "$certs/server.crt"
fi
[ -z "${DEMO_CA:-}" ] || cp "$certs/ca.crt" "$DEMO_CA"

rm -f "$DEMO_DIR/prosody.pid"
exec prosody --config "${DEMO_CONFIG:-$here/demo.cfg.lua}" -F
