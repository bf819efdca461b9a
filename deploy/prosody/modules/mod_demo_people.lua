-- Makes the people of the demo once: accounts with faces, everybody in everybody's roster, and what they said so far.

local function use(name) -- Prosody 13 moved its libraries into one folder
	local found, library = pcall(require, "prosody." .. name)
	return found and library or require(name)
end

local st = use "util.stanza"
local new_id = use "util.id".medium
local sha1 = use "util.hashes".sha1
local base64 = use "util.encodings".base64.encode
local users = use "core.usermanager"
local rosters = use "core.rostermanager"

local host = module.host
local archive = module:open_store("archive", "archive")

local people = {
	{ "romeo", "Romeo", "Walls, gates, sonnets. I read the moon wrong and write it down anyway." };
	{ "juliet", "Juliet", "Lanterns, balconies, and the hours after dark." };
	{ "mercutio", "Mercutio", "True, I talk of dreams. Also of lunch." };
	{ "nurse", "Nurse", "Apples, ladders, good advice. I have seen everything and I say nothing." };
	{ "laurence", "Friar Laurence", "Herbs and patience. The cell is open from the first bell." };
}

-- Days ago, time of day, who, to whom, what.
local said = {
	{ 3, "18:04", "juliet", "romeo", "Was that you under the balcony last night?" };
	{ 3, "18:05", "romeo", "juliet", "It may have been. How much did you hear?" };
	{ 3, "18:05", "juliet", "romeo", "All of it. The part about the *moon* was a little long." };
	{ 3, "18:09", "romeo", "juliet", "/me blushes" };
	{ 3, "18:11", "juliet", "romeo", "Come again tomorrow, but mind the gate. It creaks." };
	{ 2, "12:30", "mercutio", "romeo", "Lunch at the fountain? I have a story about Queen Mab." };
	{ 2, "12:34", "romeo", "mercutio", "You always have a story about Queen Mab." };
	{ 2, "12:35", "mercutio", "romeo", "This one has _a carriage made of a hazelnut_. Bring bread." };
	{ 2, "15:02", "laurence", "romeo", "Wisely and slow, my son. They stumble that run fast." };
	{ 2, "15:03", "romeo", "laurence", "I fell down your steps *once*." };
	{ 2, "15:04", "laurence", "romeo", "Twice." };
	{ 2, "21:47", "romeo", "juliet", "The gate is oiled. Nobody will hear a thing." };
	{ 2, "21:52", "juliet", "romeo", "You oiled our gate?" };
	{ 2, "21:53", "romeo", "juliet", "With the kitchen's best. I owe the nurse a bottle." };
	{ 1, "08:15", "nurse", "juliet", "My lamb, somebody was in my pantry. There is a bottle missing." };
	{ 1, "08:20", "juliet", "nurse", "How strange! I shall ask everybody." };
	{ 1, "08:21", "nurse", "juliet", "Ask the young man with oil on his sleeves." };
	{ 1, "09:02", "nurse", "romeo", "Good morning. I do not want to know. But she will be at the friar's at four." };
	{ 1, "09:03", "romeo", "nurse", "You are the best of all nurses." };
	{ 1, "09:04", "nurse", "romeo", "And you owe me a bottle." };
	{ 1, "16:20", "laurence", "juliet", "The blue one you asked about is borage. It makes glad." };
	{ 1, "16:31", "juliet", "laurence", "And the one you hid behind the book?" };
	{ 1, "16:33", "laurence", "juliet", "That one makes _very_ sleepy. It stays behind the book." };
	{ 1, "19:40", "mercutio", "juliet", "Lend me Romeo for an evening? He only talks about you anyway." };
	{ 1, "19:44", "juliet", "mercutio", "He is all yours until ten. After that I want him back." };
	{ 1, "23:10", "juliet", "romeo", "Are you home? Write to me here when you are, then I can sleep." };
	{ 1, "23:58", "romeo", "juliet", "Home, in one piece. Good night, good night." };
}

local function moment(days, clock)
	local hour, minute = clock:match("(%d+):(%d+)")
	local day = os.date("*t", os.time() - days * 86400)
	return os.time { year = day.year; month = day.month; day = day.day; hour = tonumber(hour); min = tonumber(minute) }
end

local function address(name)
	return name .. "@" .. host
end

local function befriend(name)
	local roster = rosters.load_roster(name, host)
	for _, person in ipairs(people) do
		if person[1] ~= name and not roster[address(person[1])] then
			roster[address(person[1])] = { name = person[2]; subscription = "both"; groups = {} }
		end
	end
	rosters.save_roster(name, host, roster)
end

local function remember(days, clock, from, to, body)
	local id = new_id()
	local message = st.message({ id = id; type = "chat"; from = address(from) .. "/demo"; to = address(to) })
		:tag("body"):text(body):up()
		:tag("origin-id", { xmlns = "urn:xmpp:sid:0"; id = id }):up()
	local when = moment(days, clock)
	archive:append(from, nil, st.clone(message), when, address(to))
	archive:append(to, nil, st.clone(message), when, address(from))
end

local function service_of(name)
	return module:depends("pep").get_pep_service(name)
end

local function put(name, node, id, payload, access, most)
	local service = service_of(name)
	service:create(node, true, { access_model = access; persist_items = true; max_items = most })
	service:publish(node, true, id,
		st.stanza("item", { xmlns = "http://jabber.org/protocol/pubsub"; id = id }):add_child(payload))
end

-- Everybody sits on the balcony: a bookmark brings them in at every login (XEP-0402).
local function bookmark(name, title)
	local conference = st.stanza("conference", { xmlns = "urn:xmpp:bookmarks:1"; name = "The balcony"; autojoin = "true" })
		:text_tag("nick", title)
	put(name, "urn:xmpp:bookmarks:1", "balcony@conference." .. host, conference, "whitelist", 255)
end

-- What they are called (XEP-0172), what they say of themselves (XEP-0292), and their face (XEP-0084).
local function introduce(name, title, note)
	put(name, "http://jabber.org/protocol/nick", "current",
		st.stanza("nick", { xmlns = "http://jabber.org/protocol/nick" }):text(title), "open", 1)
	local function said(of, what)
		return st.stanza(of):text_tag("text", what)
	end
	local card = st.stanza("vcard", { xmlns = "urn:ietf:params:xml:ns:vcard-4.0" })
		:add_child(said("fn", title)):add_child(said("note", note))
	put(name, "urn:xmpp:vcard4", "current", card, "open", 1)
	local file = module:load_resource("pictures/" .. name .. ".png", "rb")
	if not file then
		return
	end
	local data = file:read("*a")
	file:close()
	local id = sha1(data, true)
	put(name, "urn:xmpp:avatar:data", id, st.stanza("data", { xmlns = "urn:xmpp:avatar:data" }):text(base64(data)), "open", 1)
	local metadata = st.stanza("metadata", { xmlns = "urn:xmpp:avatar:metadata" })
		:tag("info", { id = id; bytes = ("%d"):format(#data); type = "image/png"; width = "192"; height = "192" }):up()
	put(name, "urn:xmpp:avatar:metadata", id, metadata, "open", 1)
end

module:hook_global("server-started", function()
	local new = {}
	for _, person in ipairs(people) do
		if not users.user_exists(person[1], host) then
			users.create_user(person[1], person[1] .. "-demo", host)
			new[person[1]] = true
		end
	end
	if not next(new) then
		return
	end
	for _, person in ipairs(people) do
		local name, title, note = table.unpack(person)
		befriend(name)
		if new[name] then
			bookmark(name, title)
			introduce(name, title, note)
		end
	end
	for _, line in ipairs(said) do
		if new[line[3]] or new[line[4]] then
			remember(table.unpack(line))
		end
	end
	module:log("info", "The demo people are there")
end)
