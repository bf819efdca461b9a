-- Makes the demo's posts once: the blogs of two people, a community, what was commented and liked (XEP-0277).

local function use(name) -- Prosody 13 moved its libraries into one folder
	local found, library = pcall(require, "prosody." .. name)
	return found and library or require(name)
end

local st = use "util.stanza"
local xml = use "util.xml"
local sha1 = use "util.hashes".sha1

local host = module.host
local site = module:get_option_string("demo_site")
local BLOG = "urn:xmpp:microblog:0"
local LIST = "urn:xmpp:pubsub:movim-public-subscription" -- the private list, whatever its name says
local ATOM = "http://www.w3.org/2005/Atom"

local names = { romeo = "Romeo"; juliet = "Juliet"; mercutio = "Mercutio"; nurse = "Nurse" }

-- Hours ago, who, where ("" for their own blog), id, title, tags, HTML, comments: { hours ago, who, what }.
local posts = {
	{ 70, "mercutio", "", "queen-mab", "What Queen Mab drives", { "dreams", "verona" }, [[
		<p>People keep asking, so here it is once and for all:</p>
		<ul>
			<li>the carriage is <em>an empty hazelnut</em>, made by a squirrel;</li>
			<li>the spokes are spiders' legs, the cover is grasshoppers' wings;</li>
			<li>the driver wears grey and is smaller than the smallest worm.</li>
		</ul>
		<blockquote><p>And in this state she gallops night by night.</p></blockquote>
		<p>Whoever doubts it has slept too well.</p>]], {
			{ 69, "romeo", "Peace, peace, Mercutio, peace! You talk of nothing." };
			{ 68, "mercutio", "True, I talk of dreams." };
			{ 60, "juliet", "♥" };
		} };
	{ 45, "juliet", "", "lanterns", "How to hang lanterns on a balcony", { "balcony", "light" }, [[
		<p>It took three evenings, so I write it down for whoever comes after me.</p>
		<ol>
			<li>Count the hooks <strong>before</strong> you buy lanterns.</li>
			<li>Hang the heavy ones near the wall. The wind comes from the orchard.</li>
			<li>Leave one corner dark. Not everybody who looks up needs to see everything.</li>
		</ol>
		<p>In numbers: <code>7 lanterns, 9 hooks, 1 nurse who holds the ladder</code>.</p>]], {
			{ 44, "nurse", "And who held the ladder for two hours? My poor back." };
			{ 43, "romeo", "It is the east, and Juliet is the sun. But seven lanterns do help." };
			{ 43, "romeo", "♥" };
			{ 40, "mercutio", "♥" };
		} };
	{ 26, "nurse", "verona", "pantry", "Found: one empty oil bottle", { "lost-and-found", "pantry" }, [[
		<p>Somebody returned the bottle. <em>Empty.</em> Whoever it was: the full ones stand on the shelf at the market, two
		for a ducat.</p>]], {
			{ 25, "romeo", "A thousand thanks for not naming anybody." };
		} };
	{ 20, "mercutio", "verona", "fountain", "Lunch at the fountain, Thursday", { "verona", "lunch" }, [[
		<p>Bring bread. There will be a story, it will be long, and the sun stands right at noon.</p>]], {
			{ 19, "juliet", "♥" };
			{ 18, "nurse", "I shall bring the apples, if nobody sings." };
		} };
	{ 5, "juliet", "", "gate", "", { "gate" }, [[
		<p>The gate does not creak any more. I wonder how that happened.</p>]], {
			{ 4, "romeo", "♥" };
		} };
}

local function moment(hours)
	return os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() - hours * 3600)
end

local function address(name)
	return name .. "@" .. host
end

local function encoded(text)
	return (text:gsub("[^%w%-%._~]", function(char) return ("%%%02X"):format(char:byte()) end))
end

local function uri(service, node, id)
	return ("xmpp:%s?;node=%s%s"):format(service, encoded(node), id and ";item=" .. encoded(id) or "")
end

local function entry(who, hours, title, service, node, id)
	return st.stanza("entry", { xmlns = ATOM; ["xml:lang"] = "en" })
		:text_tag("title", title, { type = "text" })
		:text_tag("id", uri(service, node, id))
		:text_tag("published", moment(hours)):text_tag("updated", moment(hours))
		:tag("author"):text_tag("name", names[who]):text_tag("uri", "xmpp:" .. address(who)):up()
end

local function item(who, id, payload)
	return st.stanza("item", { xmlns = "http://jabber.org/protocol/pubsub"; id = id; publisher = address(who) })
		:add_child(payload)
end

local function make(service, node, title, publish_model)
	service:create(node, true, {
		title = title; access_model = "open"; publish_model = publish_model; persist_items = true; max_items = 1000;
		notify_retract = true; type = ATOM;
	})
end

local function component(name)
	local found = prosody.hosts[name .. "." .. host]
	return found and found.modules.pubsub and found.modules.pubsub.get_service()
end

local function publish(place, service, node, post)
	local hours, who, _, id, title, tags, html, said = table.unpack(post)
	local comments = "urn:xmpp:microblog:0:comments/" .. id
	local text = title ~= "" and title or html:gsub("<[^>]+>", ""):gsub("%s+", " "):match("^ ?(.-) ?$")
	local body = xml.parse(("<div xmlns='http://www.w3.org/1999/xhtml'>%s</div>"):format(html))
	local payload = entry(who, hours, text, place, node, id)
		:tag("content", { type = "xhtml" }):add_child(body):up()
		:tag("link", { rel = "alternate"; href = uri(place, node, id) }):up()
		:tag("link", { rel = "replies"; title = "comments"; href = uri("comments." .. host, comments) }):up()
	if service == component "pubsub" then
		local page = ("%s/c/%s/%s/%s"):format(site, place, node, id)
		payload:tag("link", { rel = "alternate"; type = "text/html"; href = page }):up()
	end
	for _, tag in ipairs(tags) do
		payload:tag("category", { term = tag }):up()
	end
	service:publish(node, true, id, item(who, id, payload))
	local talk = component "comments"
	if not talk then
		return
	end
	make(talk, comments, title, "open")
	for number, line in ipairs(said) do
		local ago, by, words = table.unpack(line)
		local one = ("%s-%d"):format(id, number)
		talk:publish(comments, true, one, item(by, one, entry(by, ago, words, "comments." .. host, comments, one)))
	end
end

-- Whoever follows a node says so to its service and in a list of their own (XEP-0330).
local function follow(pep, name, service, place, node, title)
	service:add_subscription(node, true, address(name))
	local id = sha1(("%s<%s<%s"):format(place, node, address(name)), true)
	local line = st.stanza("subscription", { xmlns = "urn:xmpp:pubsub:subscription:0"; server = place; node = node })
		:text_tag("title", title)
	local list = pep.get_pep_service(name)
	list:create(LIST, true, { access_model = "whitelist"; persist_items = true; max_items = 1000 })
	list:publish(LIST, true, id, item(name, id, line))
end

module:hook_global("server-started", function()
	local pep = module:depends "pep"
	if pep.get_pep_service("juliet").nodes[BLOG] then
		return
	end
	for _, name in ipairs { "juliet", "mercutio" } do
		make(pep.get_pep_service(name), BLOG, names[name], "publishers")
	end
	local shared = component "pubsub"
	if shared then
		make(shared, "verona", "Verona today", "open")
		for name in pairs(names) do
			follow(pep, name, shared, "pubsub." .. host, "verona", "Verona today")
		end
	end
	for _, post in ipairs(posts) do
		local who, where = post[2], post[3]
		if where == "" then
			publish(address(who), pep.get_pep_service(who), BLOG, post)
		elseif shared then
			publish("pubsub." .. host, shared, where, post)
		end
	end
end)
