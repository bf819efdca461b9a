#!/usr/bin/env bash
# Makes a certificate for a domain and all below it, by a throw-away authority: certificates.sh FOLDER DOMAIN
#
#   FOLDER/ca.crt  the authority, for clients        FOLDER/server.crt, server.key  for the server
set -eu

certs=${1:?folder}
domain=${2:?domain}
[ ! -e "$certs/server.crt" ] || exit 0
mkdir -p "$certs"

certificate() { # subject, name of the files, options
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" -keyout "$certs/$2.key" "${@:3}"
}

# The authority may vouch for this domain only, so trusting it gives nothing else away.
certificate "Demo authority" ca -x509 -days 3650 -out "$certs/ca.crt" \
	-addext "keyUsage=critical,keyCertSign" \
	-addext "nameConstraints=critical,permitted;DNS:$domain" 2>/dev/null
certificate "$domain" server -out "$certs/server.csr" 2>/dev/null
openssl x509 -req -in "$certs/server.csr" -CA "$certs/ca.crt" -CAkey "$certs/ca.key" -CAcreateserial \
	-days 3650 -out "$certs/new.crt" 2>/dev/null -extfile <(
		# A wildcard as short as *.localhost is refused by OpenSSL, hence the longer one.
		echo "subjectAltName=DNS:$domain,DNS:*.$domain"
		# The rest is what Python 3.13 asks of a certificate.
		printf '%s\n' "basicConstraints=CA:FALSE" "keyUsage=critical,digitalSignature" "extendedKeyUsage=serverAuth" \
			"subjectKeyIdentifier=hash" "authorityKeyIdentifier=keyid"
	)
# Nobody needs the authority any more.
rm "$certs/ca.key" "$certs/server.csr"
mv "$certs/new.crt" "$certs/server.crt"
