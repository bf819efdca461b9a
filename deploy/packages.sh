#!/usr/bin/env bash
# Installs distribution packages that are missing, where that is possible: packages.sh NAME...
# Ends with 1 and one sentence where it is not.
set -u

has() {
	case $1 in
	postgresql) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null ;;
	ejabberd) compgen -G '/usr/lib/*/ejabberd-*/ebin' >/dev/null ;;
	python*-venv) "${1%-venv}" -c 'import ensurepip, venv' 2>/dev/null ;;
	prosody-modules) compgen -G '/usr/*/prosody/modules/mod_vcard_muc' >/dev/null || compgen -G '/usr/local/*/prosody/modules/mod_vcard_muc' >/dev/null ;;
	xvfb) command -v Xvfb >/dev/null ;;
	dbus) command -v dbus-run-session >/dev/null ;;
	nginx) command -v "$1" >/dev/null || [ -x /usr/sbin/nginx ] ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

missing=()
for name in "$@"; do
	has "$name" && continue
	missing+=("$name")
	# Without its recommendations a browser has no fonts to draw with.
	[[ $name = chromium* ]] && missing+=(fonts-dejavu-core fonts-noto-color-emoji)
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	if ! sudo -n true 2>/dev/null; then
		echo "Missing here: ${missing[*]}. An administrator can add it: apt install ${missing[*]}" >&2
		exit 1
	fi
	as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null; then
	echo "Missing here: ${missing[*]}. Please install it with this system's package manager." >&2
	exit 1
fi

# Two at once would find the other's lock and end.
if command -v flock >/dev/null; then
	exec 9<"$0"
	flock 9
fi
echo "Installing ${missing[*]} (apt)"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq)
if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	echo "Could not install ${missing[*]}." >&2
	exit 1
fi

# Debian starts a server that it has just installed; nobody asked for one, we start our own when needed.
if [ -d /run/systemd/system ]; then
	for name in "${missing[@]}"; do
		case $name in
		prosody | ejabberd | postgresql | nginx | caddy) "${as_root[@]}" systemctl disable --quiet --now "$name" || true ;;
		esac
	done
fi
exit 0
