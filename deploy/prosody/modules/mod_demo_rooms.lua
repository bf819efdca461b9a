-- Makes the demo's room once: the balcony, with what was said there so far.

local function use(name) -- Prosody 13 moved its libraries into one folder
	local found, library = pcall(require, "prosody." .. name)
	return found and library or require(name)
end

local st = use "util.stanza"
local new_id = use "util.id".medium

local host = module.host
local people_host = host:gsub("^conference%.", "")
local archive = module:open_store("muc_log", "archive")
local muc = module:depends("muc")

local jid = "balcony@" .. host
local people = { romeo = "owner"; juliet = "owner"; mercutio = "member"; nurse = "member"; laurence = "member" }

-- Days ago, time of day, who, what.
local said = {
	{ 2, "20:15", "Juliet", "I have put lanterns up here. Everybody may come, but nobody may sing after ten." };
	{ 2, "20:17", "Mercutio", "What if one sings very quietly?" };
	{ 2, "20:18", "Juliet", "You have never done anything quietly." };
	{ 1, "17:02", "Nurse", "Who has left *crumbs* on my balcony?" };
	{ 1, "17:05", "Mercutio", "A bird. A large one. With a lute." };
	{ 1, "17:09", "Romeo", "/me hides the lute" };
	{ 1, "17:20", "Friar Laurence", "I have eleven ladders, and nobody has ever asked me why." };
	{ 1, "21:30", "Juliet", "Romeo, bring the ladder back, please. My father has asked about it." };
}

local function moment(days, clock)
	local hour, minute = clock:match("(%d+):(%d+)")
	local day = os.date("*t", os.time() - days * 86400)
	return os.time { year = day.year; month = day.month; day = day.day; hour = tonumber(hour); min = tonumber(minute) }
end

module:hook_global("server-started", function()
	if muc.get_room_from_jid(jid) then
		return
	end
	local room = muc.create_room(jid)
	if not room then
		return
	end
	room:set_persistent(true)
	room:set_public(true)
	room:set_name("The balcony")
	room:set_description("Everybody who is awake after dark.")
	room:set_subject(jid, "No singing after ten")
	room:set_changesubject(false)
	for name, affiliation in pairs(people) do
		room:set_affiliation(true, name .. "@" .. people_host, affiliation)
	end
	if room.unlock then
		room:unlock()
	end
	room:save(true)
	for _, line in ipairs(said) do
		local days, clock, nick, body = table.unpack(line)
		local id = new_id()
		local message = st.message({ id = id; type = "groupchat"; from = jid .. "/" .. nick; to = jid })
			:tag("body"):text(body):up()
			:tag("origin-id", { xmlns = "urn:xmpp:sid:0"; id = id }):up()
		archive:append("balcony", nil, message, moment(days, clock), "message<groupchat")
	end
	module:log("info", "The balcony is there")
end)
