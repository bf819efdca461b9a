-- Hands out the pictures of the demo's posts, which lie beside this file, as http://…/pictures/lanterns.webp.

module:depends("http")

module:provides("http", {
	name = "pictures";
	route = {
		["GET /*"] = function(event, name)
			local file = name:match("^%l+%.webp$") and module:load_resource("pictures/" .. name, "rb")
			if not file then
				return 404
			end
			event.response.headers.content_type = "image/webp"
			local data = file:read("*a")
			file:close()
			return data
		end;
	};
})
