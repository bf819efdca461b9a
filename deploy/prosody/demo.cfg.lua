-- Prosody 0.12 and 13: the demo server, the base of the tests' server, and a sample to compare your own with.
--
-- Prosody hands every environment variable FOO to this file as ENV_FOO; start.sh sets them all.
-- It federates with nobody and keeps everything in one folder. Do not put it on a public machine as it is.

local dir       = ENV_DEMO_DIR or "./data/demo"
local domain    = ENV_DEMO_DOMAIN or "demo.localhost"
local interface = ENV_DEMO_INTERFACE or "127.0.0.1"

---- process

run_as_root  = true                    -- only what 0.12 asks for; start.sh does not need root
pidfile      = dir .. "/prosody.pid"
data_path    = dir .. "/data"
plugin_paths = { ENV_DEMO_MODULES or "./deploy/prosody/modules" }
admin_socket = dir .. "/admin.sock"    -- two servers on one machine must not meet in one file
statistics   = false
log          = { { levels = { min = ENV_DEMO_LOG or "info" }; to = ENV_DEMO_LOG_TO or "console" } }

-- The default collector walks the whole heap after every 5 % of growth: with this one the same machine carries
-- four times as many messages, and pauses last 3 ms instead of 60.
gc = { mode = "generational" }

---- network

interfaces           = { interface }
local_interfaces     = { "127.0.0.1" }
c2s_ports            = { ENV_DEMO_PORT or "15222" }       -- STARTTLS
c2s_direct_tls_ports = { ENV_DEMO_TLS_PORT or "15223" }   -- TLS from the first byte (XEP-0368)
http_ports           = { ENV_DEMO_HTTP_PORT or "15280" }  -- files (XEP-0363)
http_interfaces      = { interface }
https_ports          = {}
http_default_host    = "upload." .. domain

-- Nagle's algorithm adds 40 ms to every login and every page of the archive.
network_settings = { nagle = false; tcp_backlog = 1024 }

---- storage

default_storage            = "internal"
storage_archive_item_limit = 1000000   -- past it the oldest messages vanish without a word; the default is 10000
archive_expires_after      = "never"
default_archive_policy     = true
max_archive_query_results  = 100

---- security

authentication         = "internal_hashed"
password_hash          = "SHA-256"     -- offers SCRAM-SHA-256; a host with "SHA-1" offers SCRAM-SHA-1
c2s_require_encryption = true
allow_registration     = false

certificates = dir .. "/certs"
ssl = {
	certificate = dir .. "/certs/server.crt";
	key         = dir .. "/certs/server.key";
}

---- modules

modules_enabled = {
	"roster"; "saslauth"; "tls"; "disco"; "admin_socket"; "admin_shell";
	"ping"; "time"; "version"; "uptime"; "lastactivity"; -- 0199 0202 0092 0012
	"register";                -- 0077: change of password
	"blocklist";               -- 0191
	"private";                 -- 0049
	"bookmarks";               -- 0402
	"pep";                     -- 0163, and with it read marks (0490)
	"vcard4"; "vcard_legacy";  -- 0292 0054
	"carbons";                 -- 0280
	"mam";                     -- 0313
	"offline";                 -- 0160
	"smacks";                  -- 0198
	"csi"; "csi_simple";       -- 0352
}
modules_disabled = { "s2s" }

-- The default truncates a list of bookmarks or read marks at 256.
pep_max_items = 10000

smacks_hibernation_time = 0 + (ENV_DEMO_RESUME or 300)
smacks_max_queue_size   = 2000

---- what not every installation has

local function has(name)
	for _, path in ipairs { "/usr/lib/prosody/modules", "/usr/local/lib/prosody/modules" } do
		local file = io.open(path .. "/mod_" .. name .. "/mod_" .. name .. ".lua")
		if file then
			file:close()
			return true
		end
	end
	return false
end

---- hosts

VirtualHost (domain)
	if ENV_DEMO_PEOPLE then
		modules_enabled = { "demo_people"; "demo_posts" }
		demo_site       = ENV_DEMO_SITE or "http://localhost:8080" -- where its posts are on the web
		-- Where their pictures are; on another machine the site would not fetch them, and the posts go without.
		demo_pictures   = interface == "127.0.0.1"
			and "http://127.0.0.1:" .. (ENV_DEMO_HTTP_PORT or "15280") .. "/pictures/" or nil
	end

-- Rooms (0045) with an archive of their own (0313), and what community modules add: pictures of rooms (0153)
-- and moderation (0425).
local rooms = { "muc_mam" }
for _, name in ipairs { "vcard_muc"; "muc_moderation" } do
	if has(name) then
		table.insert(rooms, name)
	end
end
if ENV_DEMO_PEOPLE then
	table.insert(rooms, "demo_rooms")
end

Component ("conference." .. domain) "muc"
	name = "Rooms"
	modules_enabled         = rooms
	muc_log_by_default      = true
	muc_room_default_public = true
	max_history_messages    = 50

-- Communities and comments (0060): anybody may found one, and who wrote what is told. Movim and others look for comments
-- at an address that begins with "comments.".
for name, title in pairs { pubsub = "Communities"; comments = "Comments" } do
	Component (name .. "." .. domain) "pubsub"
		pubsub_disco_name = title
		modules_enabled   = { "pubsub_communities" }
		expose_publisher  = true
		pubsub_max_items  = 10000 -- the default truncates a community at 256
end

-- Files (0363), kept for a week. They are brought and fetched on loopback as plain HTTP, so only where the site runs on
-- the same machine; a public server does it by https, with http_external_url saying how others reach it.
if interface == "127.0.0.1" then
	Component ("upload." .. domain) "http_file_share"
		modules_enabled             = ENV_DEMO_PEOPLE and { "demo_pictures" } or {}
		http_external_url           = "http://127.0.0.1:" .. (ENV_DEMO_HTTP_PORT or "15280") .. "/"
		http_file_share_size_limit  = 16 * 1024 * 1024
		http_file_share_daily_quota = 1024 * 1024 * 1024
end
