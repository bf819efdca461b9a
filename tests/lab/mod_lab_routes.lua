-- Leads to other servers on loopback that no name server knows (LAB_ROUTES: "domain=port,…").

local service = require "net.resolvers.service";
local manual = require "net.resolvers.manual";

local ports = {};
for name, port in os.getenv("LAB_ROUTES"):gmatch("([^=,]+)=(%d+)") do
	ports[name] = tonumber(port);
end

local ask = service.new;
service.new = function (host, ...)
	if ports[host] then
		return manual.new({ { "tcp", "127.0.0.1", ports[host], {} } }, "tcp");
	end
	return ask(host, ...);
end
