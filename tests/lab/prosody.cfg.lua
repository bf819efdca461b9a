-- The tests' server: the demo's, with two more domains for what differs between servers.

Include (ENV_LAB_BASE)

-- Clients in a browser speak over a websocket, on loopback without TLS.
consider_websocket_secure = true

-- What is added to the demo's host.
VirtualHost (ENV_DEMO_DOMAIN)
	modules_enabled = { "websocket" }

-- An older server: SCRAM-SHA-1 and nothing better.
VirtualHost ("mantua." .. ENV_DEMO_DOMAIN)
	password_hash = "SHA-1"

-- A server that takes passwords only as they are.
VirtualHost ("padua." .. ENV_DEMO_DOMAIN)
	disable_sasl_mechanisms = { "SCRAM-SHA-1"; "SCRAM-SHA-1-PLUS"; "SCRAM-SHA-256"; "SCRAM-SHA-256-PLUS" }

-- Rooms give their form to strangers who want to be members.
Component ("conference." .. ENV_DEMO_DOMAIN) "muc"
	allow_unaffiliated_register = true

-- Beside another server on loopback.
if ENV_LAB_S2S_PORT then
	Host "*"
	modules_disabled = {}
	plugin_paths     = { ENV_DEMO_MODULES; ENV_LAB_MODULES }
	s2s_ports        = { ENV_LAB_S2S_PORT }
	s2s_secure_auth  = false

	VirtualHost (ENV_DEMO_DOMAIN)
		modules_enabled = { "websocket"; "dialback"; "lab_routes" }
	for _, name in ipairs { "pubsub"; "comments" } do
		Component (name .. "." .. ENV_DEMO_DOMAIN) "pubsub"
			modules_enabled = { "pubsub_communities"; "dialback" }
	end
end
