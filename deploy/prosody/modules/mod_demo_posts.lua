-- Makes the demo's posts once: blogs, communities, pictures, what was commented, answered and liked (XEP-0277).

local function use(name) -- Prosody 13 moved its libraries into one folder
	local found, library = pcall(require, "prosody." .. name)
	return found and library or require(name)
end

local st = use "util.stanza"
local xml = use "util.xml"
local sha1 = use "util.hashes".sha1

local host = module.host
local site = module:get_option_string("demo_site")
local gallery = module:get_option_string("demo_pictures")
local BLOG = "urn:xmpp:microblog:0"
local LIST = "urn:xmpp:pubsub:movim-public-subscription" -- the private list, whatever its name says
local SHARED = "urn:xmpp:pubsub:subscription" -- the list that everybody may read
local ATOM = "http://www.w3.org/2005/Atom"
local LOGO = "urn:xmpp:avatar:metadata"

local names = {
	romeo = "Romeo"; juliet = "Juliet"; mercutio = "Mercutio"; nurse = "Nurse"; laurence = "Friar Laurence";
}

-- Node, owner, title, description, type, who may write and who else may, logo, who follows it.
local communities = {
	{ "verona", "nurse", "Verona today", "What happens between the two walls: lost and found, lunch, weather.", ATOM, "open", {}, "",
		{ "romeo", "juliet", "mercutio", "nurse", "laurence" } };
	{ "garden", "laurence", "The friar's garden", "What grows on the sill, and what it is good for.", ATOM, "publishers",
		{}, "herbs.webp", { "juliet", "nurse", "laurence" } };
	{ "views", "mercutio", "Verona in pictures", "One picture, one sentence.", "urn:xmpp:pubsub-social-feed:gallery:1",
		"publishers", { "romeo" }, "bridge.webp", { "romeo", "mercutio", "juliet" } };
}

-- Hours ago, who, where ("" for their own blog), id, title, tags, HTML, comments, pictures { file, description }.
-- A comment: { hours ago, who, what, number of the comment that it answers }.
local posts = {
	{ 118, "laurence", "garden", "sill", "What grows on the sill, and what for", { "herbs", "garden" }, [[
		<p>Many of you ask at the door, mostly at night. So here is the whole sill, from left to right.</p>
		<h2>For the kitchen</h2>
		<table>
			<thead><tr><th>Plant</th><th>Good for</th><th>When to pick</th></tr></thead>
			<tbody>
				<tr><td>Sage</td><td>Sore throats, sermons</td><td>Before noon</td></tr>
				<tr><td>Basil</td><td>Everything with bread</td><td>Always</td></tr>
				<tr><td>Lavender</td><td>Sleep, linen, bees</td><td>When the bees have gone home</td></tr>
				<tr><td>Borage</td><td>Courage</td><td>The day before you need it</td></tr>
			</tbody>
		</table>
		<h2>For the patient</h2>
		<p>Within the infant rind of this weak flower poison has residence, and medicine power. It depends on the hand, and on the
		spoon. My measure is kept on a slip of paper above the door:</p>
		<pre><code>1 handful of leaves
3 cups of water, not boiling
1 paternoster of patience</code></pre>
		<blockquote><p>Virtue itself turns vice, being misapplied.</p></blockquote>
		<p>The pot behind the book is <strong>not</strong> for you. Yes, you too. No, not even a little.</p>]], {
			{ 117, "nurse", "The borage did wonders for my back. Is there more?" };
			{ 116, "laurence", "For you, always. Bring the jar back this time.", 1 };
			{ 110, "juliet", "What is it that stands behind the book?" };
			{ 109, "laurence", "A plant.", 3 };
			{ 109, "juliet", "♥" };
			{ 90, "nurse", "♥" };
		}, { { "herbs.webp", "Five pots on a sill: sage, basil, lavender, rosemary, borage" } } };
	{ 96, "romeo", "", "walls", "Eleven things I know about walls", { "walls", "verona" }, [[
		<p>With love's light wings one is over them in no time, people say. People have never tried ivy in October. I have, and this is
		what stayed with me:</p>
		<ol>
			<li>A wall is always higher from inside.</li>
			<li>Roses have thorns on <em>both</em> sides.</li>
			<li>The third stone from the left is loose. I have told nobody but you.</li>
			<li>Dogs like cheese.</li>
			<li>Nurses like being asked how they slept.</li>
		</ol>
		<p>The other six I shall write down when my ankle is better.</p>]], {
			{ 95, "mercutio", "Number twelve: there is a gate." };
			{ 94, "romeo", "It creaks.", 1 };
			{ 94, "mercutio", "So do you.", 2 };
			{ 92, "laurence", "Come by for your ankle. Use the stairs." };
			{ 90, "juliet", "♥" };
			{ 88, "mercutio", "♥" };
		} };
	{ 70, "mercutio", "", "queen-mab", "What Queen Mab drives", { "dreams", "verona" }, [[
		<p>People keep asking, so here it is once and for all:</p>
		<ul>
			<li>the carriage is <em>an empty hazelnut</em>, made by a squirrel;</li>
			<li>the spokes are spiders' legs, the cover is grasshoppers' wings;</li>
			<li>the driver wears grey and is smaller than the smallest worm.</li>
		</ul>
		<blockquote><p>And in this state she gallops night by night.</p></blockquote>
		<p>Through lovers' brains, and then they dream of love. Over courtiers' knees, and they dream of bows. Last Tuesday she went
		right over my pillow, and I dreamt of lunch: soup, bread, a second soup. I woke up and there was none of it. Whoever doubts any
		of this has slept too well.</p>]], {
			{ 69, "romeo", "Peace, peace, Mercutio, peace! You talk of nothing." };
			{ 68, "mercutio", "True, I talk of dreams.", 1 };
			{ 68, "romeo", "And of soup.", 2 };
			{ 60, "juliet", "♥" };
			{ 58, "laurence", "♥" };
			{ 51, "nurse", "Who made the drawing? The wheels are very fine." };
			{ 50, "mercutio", "A squirrel.", 6 };
		}, { { "hazelnut.webp", "A hazelnut on spoked wheels in the grass at night, drawn by two gnats" } } };
	{ 52, "mercutio", "views", "bridge", "The old bridge, before anybody is awake", { "verona", "bridge" }, [[
		<p>Two in a boat. I did not ask.</p>]], {
			{ 51, "juliet", "♥" };
			{ 51, "romeo", "♥" };
			{ 49, "nurse", "I know that hat." };
		}, { { "bridge.webp", "A bridge with four arches, and a small boat with two people in it" } } };
	{ 45, "juliet", "", "lanterns", "How to hang lanterns on a balcony", { "balcony", "light" }, [[
		<p>It took three evenings, so I write it down for whoever comes after me.</p>
		<ol>
			<li>Count the hooks <strong>before</strong> you buy lanterns.</li>
			<li>Hang the heavy ones near the wall. The wind comes from the orchard.</li>
			<li>Leave one corner dark. Not everybody who looks up needs to see everything.</li>
		</ol>
		<p>In numbers: <code>7 lanterns, 9 hooks, 1 nurse who holds the ladder</code>.</p>
		<p>Two hooks are left over. I could hang up two more lanterns, or a rope. The seventh lantern is in my room, for the nights when
		the wind has other plans; it throws a moon on the ceiling, and one can read by it until the lark complains.</p>]], {
			{ 44, "nurse", "And who held the ladder for two hours? My poor back." };
			{ 43, "juliet", "You did, and you were wonderful.", 1 };
			{ 43, "romeo", "It is the east, and Juliet is the sun. But seven lanterns do help." };
			{ 42, "mercutio", "He has been saying that since breakfast.", 3 };
			{ 43, "romeo", "♥" };
			{ 40, "mercutio", "♥" };
			{ 39, "nurse", "♥" };
			{ 39, "laurence", "♥" };
		}, { { "lanterns.webp", "A balcony at night, six lanterns on a string, somebody in the window" } } };
	{ 38, "nurse", "", "apples", "Sunday apples, and what one needs for them", { "pantry", "apples" }, [[
		<p>Twelve apples, half of them red. One jar of honey. Bread from yesterday, because today's is gone already, and I am looking
		at nobody.</p>
		<p>Slice, sprinkle, bake until the whole street comes to the window. Then close the window.</p>]], {
			{ 37, "mercutio", "♥" };
			{ 37, "mercutio", "I happened to be passing. Twice." };
			{ 36, "juliet", "♥" };
		}, { { "apples.webp", "A shelf with oil and jars, below it a bowl of apples" } } };
	{ 28, "romeo", "views", "rooftops", "Six in the evening, from the tower", { "verona", "roofs" }, [[
		<p>One of these windows is hers.</p>]], {
			{ 27, "mercutio", "All of them are, if one listens to you." };
			{ 26, "juliet", "♥" };
		}, { { "rooftops.webp", "Roofs of a town at dusk, a tower, a dome, a low sun" } } };
	{ 26, "nurse", "verona", "pantry", "Found: one empty oil bottle", { "lost-and-found", "pantry" }, [[
		<p>Somebody returned the bottle. <em>Empty.</em> Whoever it was: the full ones stand on the shelf at the market, two
		for a ducat.</p>]], {
			{ 25, "romeo", "A thousand thanks for not naming anybody." };
			{ 24, "nurse", "I have named nobody. Everybody knows.", 1 };
			{ 24, "mercutio", "♥" };
		} };
	{ 20, "mercutio", "verona", "fountain", "Lunch at the fountain, Thursday", { "verona", "lunch" }, [[
		<p>Bring bread. There will be a story, it will be long, and the sun stands right at noon.</p>]], {
			{ 19, "juliet", "♥" };
			{ 18, "nurse", "I shall bring the apples, if nobody sings." };
			{ 17, "mercutio", "Define singing.", 2 };
			{ 16, "romeo", "♥" };
		}, { { "fountain.webp", "A fountain on a sunny square, pigeons, a loaf of bread on the rim" } } };
	{ 9, "laurence", "garden", "bees", "The bees have moved", { "garden", "bees" }, [[
		<p>They live behind the sacristy now, under the second window. Please use the front door until they have settled. Who is stung
		gets a spoon of honey, which is only fair.</p>]], {
			{ 8, "nurse", "How many spoons for three stings?" };
			{ 7, "laurence", "Three, and a chair.", 1 };
		} };
	{ 5, "juliet", "", "gate", "", { "gate" }, [[
		<p>The gate does not creak any more. I wonder how that happened.</p>]], {
			{ 4, "romeo", "♥" };
		}, { { "gate.webp", "A garden gate, half open, with roses and an oil can" } } };
	{ 3, "laurence", "", "slow", "", { "patience" }, [[
		<p>Somebody ran past the cell so fast this morning that the parsley bent. Wisely and slow. The morning will still be
		there.</p>]], {
			{ 2, "romeo", "It was a very good morning." };
			{ 2, "juliet", "♥" };
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

local function make(service, node, actor, options)
	local config = { access_model = "open"; persist_items = true; max_items = 1000; payload_type = ATOM }
	for name, value in pairs(options) do
		config[name] = value
	end
	service:create(node, actor, config)
end

local function component(name)
	local found = prosody.hosts[name .. "." .. host]
	return found and found.modules.pubsub and found.modules.pubsub.get_service()
end

local function picture(payload, file, description)
	payload:tag("link", {
		rel = "enclosure"; type = "image/webp"; href = gallery .. file; title = file; description = description;
	}):up()
end

-- What people say about a post: each in a node of its own, as Movim makes it.
local function talk(id, title, said)
	local service, node, place = component "comments", "urn:xmpp:microblog:0:comments/" .. id, "comments." .. host
	if not service then
		return
	end
	make(service, node, true, { title = title; publish_model = "open" })
	for number, line in ipairs(said) do
		local ago, by, words, answered = table.unpack(line)
		local one = ("%s-%d"):format(id, number)
		local payload = entry(by, ago, words, place, node, one)
		if answered then
			local to = uri(place, node, ("%s-%d"):format(id, answered))
			payload:tag("in-reply-to", { xmlns = "http://purl.org/syndication/thread/1.0"; ref = to; href = to }):up()
		end
		service:publish(node, true, one, item(by, one, payload))
	end
end

local function publish(place, service, node, post)
	local hours, who, _, id, title, tags, html, said, pictures = table.unpack(post)
	local text = title ~= "" and title or html:gsub("<[^>]+>", ""):gsub("%s+", " "):match("^ ?(.-) ?$")
	local payload = entry(who, hours, text, place, node, id)
	if title ~= "" then
		local body = xml.parse(("<div xmlns='http://www.w3.org/1999/xhtml'>%s</div>"):format(html))
		payload:tag("content", { type = "xhtml" }):add_child(body):up()
	end
	local page = node == BLOG and ("%s/@%s/%s"):format(site, place, id) or ("%s/c/%s/%s/%s"):format(site, place, node, id)
	payload:tag("link", { rel = "alternate"; href = uri(place, node, id) }):up()
		:tag("link", { rel = "alternate"; type = "text/html"; href = page }):up()
		:tag("link", { rel = "replies"; title = "comments"; href = uri("comments." .. host, BLOG .. ":comments/" .. id) }):up()
	for _, one in ipairs(gallery and pictures or {}) do
		picture(payload, table.unpack(one))
	end
	for _, tag in ipairs(tags) do
		payload:tag("category", { term = tag }):up()
	end
	service:publish(node, true, id, item(who, id, payload))
	talk(id, text, said)
end

-- Whoever follows a node says so to its service and in a list of their own (XEP-0330).
local function follow(pep, name, service, place, node, title)
	service:add_subscription(node, true, address(name))
	local id = sha1(("%s<%s<%s"):format(place, node, address(name)), true)
	local function list(which, access)
		local line = st.stanza("subscription", { xmlns = "urn:xmpp:pubsub:subscription:0"; server = place; node = node })
			:text_tag("title", title)
		local service_of_own = pep.get_pep_service(name)
		service_of_own:create(which, true, { access_model = access; persist_items = true; max_items = 1000 })
		service_of_own:publish(which, true, id, item(name, id, line))
	end
	list(LIST, "whitelist")
	list(SHARED, "open")
end

local function open(pep, shared, community)
	local node, owner, title, description, type, writers, also, logo, followers = table.unpack(community)
	local place = "pubsub." .. host
	make(shared, node, address(owner), { title = title; description = description; payload_type = type; publish_model = writers })
	for _, name in ipairs(also) do
		shared:set_affiliation(node, true, address(name), "publisher")
	end
	if gallery and logo ~= "" then
		local metadata = st.stanza("metadata", { xmlns = LOGO })
			:tag("info", { id = sha1(logo, true); type = "image/webp"; url = gallery .. logo }):up()
		shared:publish(node, true, LOGO, item(owner, LOGO, metadata))
	end
	for _, name in ipairs(followers) do
		follow(pep, name, shared, place, node, title)
	end
end

-- After the people: who has no account has no blog.
module:hook_global("server-started", function()
	local pep, shared = module:depends "pep", component "pubsub"
	if pep.get_pep_service("laurence").nodes[BLOG] then
		return
	end
	for name, title in pairs(names) do
		make(pep.get_pep_service(name), BLOG, true, { title = title; publish_model = "publishers" })
	end
	for _, community in ipairs(shared and communities or {}) do
		open(pep, shared, community)
	end
	for _, post in ipairs(posts) do
		local who, where = post[2], post[3]
		if where == "" then
			publish(address(who), pep.get_pep_service(who), BLOG, post)
		elseif shared then
			publish("pubsub." .. host, shared, where, post)
		end
	end
	module:log("info", "The demo posts are there")
end, -1)
