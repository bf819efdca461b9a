-- What Prosody 0.12 lacks for a service where anybody may found a community and write in it:
--   1. Any user may create a node (0.12: administrators only, and no option).
--   2. Where not only publishers may publish, who published an item may retract it.
--   3. There, too, nobody overwrites somebody else's item by using its id again.

local function use(name) -- Prosody 13 moved its libraries into one folder
	local found, library = pcall(require, "prosody." .. name)
	return found and library or require(name)
end

local jid_bare = use "util.jid".bare

local service = module:depends("pubsub").get_service()

-- The table of what each affiliation may do is shared with PEP: copy it first.
local capabilities = {}
for affiliation, may in pairs(service.config.capabilities) do
	local copy = {}
	for action, allowed in pairs(may) do
		copy[action] = allowed
	end
	capabilities[affiliation] = copy
end
capabilities.member.create = true
capabilities.none.create = true
service.config.capabilities = capabilities

local function publisher_of(node, id)
	local data = service.data[node]
	local item = data and id and data:get(id)
	return item and item.attr.publisher
end

local function is_shared(node)
	local found = service.nodes[node]
	return found and found.config.publish_model ~= "publishers"
end

-- Methods live in the metatable; a field on the object takes precedence.
local class = getmetatable(service).__index

function service:retract(node, actor, id, notifier)
	if
		actor ~= true
		and not self:may(node, actor, "retract")
		and is_shared(node)
		and publisher_of(node, id) == jid_bare(actor)
	then
		actor = true
	end
	return class.retract(self, node, actor, id, notifier)
end

function service:publish(node, actor, id, item, options)
	if actor ~= true and is_shared(node) and not self:may(node, actor, "publish") then
		local publisher = publisher_of(node, id)
		if publisher and publisher ~= jid_bare(actor) then
			return false, "forbidden"
		end
	end
	return class.publish(self, node, actor, id, item, options)
end

function module.unload()
	service.retract, service.publish, service.config.capabilities = nil, nil, nil
end
