"""This room holds what the site promises about attacks and accidents, one sentence for each id.

docs/security.md shows them beside the tests that have the id in their name or description.
"""

GROUPS = {
    "A": "Who said it",
    "L": "Logging in, and which server is asked",
    "H": "What is drawn",
    "P": "What the site fetches",
    "W": "The web side",
    "U": "Files",
    "D": "Floods",
    "O": "What a host keeps and says",
    "R": "Nothing is lost",
}

_ALL = """
A01 A carbon copy counts only when our own account sent it, by its bare address.
A02 Carbons of rooms, and rooms in carbons, are not read.
A03 Wrappers inside wrappers are not read.
A04 A forwarded message speaks for nobody but whoever forwards it.
A05 Results of an archive count only from the archive that was asked, while the question is open.
A06 A room's archive tells only what was said in that room.
A07 Contacts change only by the word of our own account's server.
A08 Lists, marks and bookmarks of an account change only by notices of that account itself.
A09 Only whom we asked may answer, and once.
A10 A post belongs to who is verified to have published it, whatever author it names.
A11 An occupant id counts only where the room itself gives it.
A12 Only the author of a message corrects it, and only in the same conversation.
A13 Corrections in circles, in chains and of what cannot be corrected come to an end.
A14 Only the author takes a message back; only the room itself moderates.
A15 Reactions are few, small, and of whoever sent them.
A16 Ticks and read marks move only by whom they concern.
A17 A private message in a room stands apart, says so, and is answered to one person only.
A18 A nick that looks like somebody else's is marked.
A19 Addresses are compared in their normal form; look-alikes are shown as what they are.
A20 Nobody is let in or told of presence without a click; requests are bounded.
A21 Strangers learn neither that something arrived nor that somebody types.
A22 An invitation joins nothing and rings nowhere.
A23 An id that somebody copies hides no genuine message.
A24 A name or picture makes nobody into somebody else: the address stands beside it.
A25 Only whom a message was sent to can make it fail.
A26 Who sits in a room is told by the room alone.
A27 A claimed time orders nothing.
A28 No text that somebody types becomes an element of what is sent.
A29 Where a server cannot keep something private, it is not stored there.
A30 What a message says of a page or file does not decide what it is.
A31 Strangers' questions about the program are answered with an error.
A32 No server changes what the user chose about privacy.
L01 No credential leaves before verified TLS, and none for a mechanism that is not on the list.
L02 No redirect is followed, in clear or within TLS.
L03 Nothing that came before TLS counts within it.
L04 A certificate that nobody vouches for ends the login.
L05 So does one for another name.
L06 So does one whose time is over.
L07 So does TLS older than 1.2; there is no switch that turns this off.
L08 A session is the address that was typed, or none.
L09 Key stretching that is too cheap or too costly is refused.
L10 A success that was not earned, or that the server cannot prove, opens nothing.
L11 Rights on the site belong to whole addresses; the same name elsewhere has none.
L12 Addresses of machines and of local networks are no login domains, in no spelling.
L13 Records that lead to inner addresses or other ports are not followed; answers do not tell what is there.
L14 Servers that keep us waiting hold up few logins, for a short time.
L15 Of many records and addresses a few are tried, within fifteen seconds.
L16 Wrong passwords make the next attempt wait; the owner is not locked out by a stranger.
L17 No other site logs anybody in.
H01 Words of others are words, in every field that is drawn.
H02 What is HTML in a post is cleaned to a short list of elements and attributes.
H03 Nothing foreign carries a meaning for htmx, our styles or our ids.
H04 No foreign word stands in a script or a handler.
H05 A text is escaped first and linked then.
H06 The same in highlights, previews, titles, notices, drafts, feeds and exports.
H07 A link has one of few schemes, and tells its target nothing.
H08 What stands in an address is read as words.
H09 What a linked page says of itself is text.
H10 A link shows the host where it leads.
H11 Pictures within words are not drawn.
H12 One thing that cannot be drawn or handled takes no page and nobody else along.
H13 An exported file is inert when it is opened.
H14 A page loads nothing from anybody else.
H15 Cleaning is the last step, and cleaning again changes nothing.
H16 Public pages neither look at a login nor change by it.
P01 Only what our own pages signed is fetched, for whoever is signed in.
P02 A picture of others is made anew; nothing of their answer's head passes.
P03 No connection goes to an address that is not public, in no spelling.
P04 Every answer for a name must pass, and the connection goes to the address that was judged.
P05 Three redirects, each judged anew.
P06 Pages are read to a limit and without recursion.
P07 Slow servers have a deadline.
P08 What is too long, also after unpacking, is cut.
P09 What is checked is what is asked.
P10 A host is known by its whole name.
P11 A path is decoded once.
P12 What a preview points to is judged like the page.
P13 A link is fetched once for all, and not many at a time.
P14 Nothing is fetched for strangers' messages before a click, nor where previews are off.
P15 Nothing of ours goes along with a request.
P16 What is kept of public pages holds nothing that needed a login.
P17 A picture that stands for words is asked of nobody but a known sender, and believed by its hash alone.
W01 Cookies have all attributes that protect them.
W02 The cookie stands in no page.
W03 Every login makes a new token and ends the former.
W04 Tokens are long and random; only a one-way id is kept.
W05 A login that ends, for whatever reason, ends its live pages.
W06 Every answer has the whole policy.
W07 A form of another site does nothing, in no encoding and by no method.
W08 Reading changes nothing.
W09 Other host names are refused and never repeated.
W10 A visitor's address is told by trusted proxies only.
W11 No text breaks out of its header or field.
W12 A login leads to pages of ours only.
W13 Private answers are kept by no cache.
W14 A live page is chosen by the login, never by what is asked for.
W15 Ids of somebody else's things find nothing.
W16 What is for the signed-in or for operators is there for nobody else, by no method.
W17 What people write is bound to SQL and never part of it.
W18 Logins, messages, files, searches and live pages have documented limits.
W19 Who is put out, by the operator or by their server, is out everywhere at once.
W20 A password changed elsewhere locks the session.
W21 Pages are framed by nobody and share no window.
W22 After logging out, going back shows nothing, and no worker or cache keeps a page.
W23 No credential is within reach of a script.
W24 Names that a language gives a meaning to are names.
W25 A request has one reading, also behind the documented proxies.
W26 Large bodies and many fields are refused at once.
W27 What a browser keeps to be read offline is words, few, of one login that stays, and gone with it.
U01 A file is what its bytes are, not what it is called.
U02 Sizes are judged before and while something comes.
U03 Pixels are counted before anything is decoded; decoding happens elsewhere, with a limit of memory.
U04 Only JPEG, PNG, GIF, WebP, AVIF (and HEIC when sent) are decoded.
U05 Everything else that came from people is a download.
U06 Kept files have names of ours in a private folder.
U07 Foreign file names stay in their place.
U08 A preview before sending is drawn of pixels only.
U09 An upload goes where an https address of the public Internet leads, with three headers.
U10 What a photograph knows of its place stays here.
U11 A harmful file passes through as a download, unopened.
U12 So many files an hour, so many bytes a day.
D01 A costly login costs nobody else anything.
D02 Logins that never end have few places, and keep no session from coming back.
D03 Compression is never negotiated.
D04 Document types, entities, comments and instructions end the stream.
D05 A stanza of more than 1 MiB ends the stream.
D06 So does one that is too deep or has too many elements.
D07 HTML is bounded before it is cleaned, and cleaning has a deadline.
D08 So is Markdown.
D09 Times that are none are no times; the rest is kept.
D10 Bytes that could be read in two ways end the stream; the rest is read as it was meant.
D11 Every stored field has a longest value.
D12 Documents of others are read to a limit.
D13 What somebody can do is asked for each session, and cached for nobody by a hash that others announce.
D14 Large rosters, rooms and archives cost a bounded memory and hold up nobody.
D15 However many live pages a browser opens, it has eight.
D16 No expression can be kept busy by a text.
O01 No file, dump or process list holds a credential.
O02 A stolen database opens nothing, with or without the settings.
O03 The log holds no credential, nobody's words, and of addresses a hash.
O04 Nobody but the program writes a line of its log.
O05 A container is not root and can do nothing it is not for.
O06 From inside a container no inner address is reached.
O07 Every package is locked to what was looked at.
O08 The browser asks nobody but the site for anything.
O09 No page of a framework, no list of files, no trace of an error.
O10 Who leaves is erased.
O11 Every secret may be a file, and is shown nowhere.
O12 The zone of the machine changes nothing; a clock that is off is named.
O13 Nobody is told how many people are here without the operator's word; numbers only, and an hour old.
O14 Of what the site runs as, the program is handed out and nothing beside it.
R01 A tab whose stream breaks catches up by itself.
R02 What comes in while the site is killed is there afterwards, once.
R03 What was accepted before the site is killed is sent, once.
R04 A server that restarts or is killed costs no message.
R05 A network that stalls is noticed, and nothing is lost by it.
R06 A form that is sent twice acts once.
R07 A message that no server takes stops no other.
R08 All tabs of somebody show the same.
R09 Numbers of unread messages are right, everywhere.
R10 What an archive has is fetched whole, once and in its order.
R11 After a restart people are signed in as before.
R12 Sessions leave nothing behind, and have a bounded size.
R13 A tab that does not read holds up nobody.
R14 A page that slept shows the right state.
R15 A database that takes nothing loses nothing.
R16 A disk that is full loses nothing that was accepted.
R17 A power cut loses nothing that was accepted.
R18 A stop under load ends in good time, with every tab told.
R19 An upgrade that is interrupted goes on; an old version does not run on new data.
R20 A backup of a running site is of one moment, and can be restored.
R21 A database server that hangs up costs an attempt and nothing else.
R22 Days under load leave the site as it was.
R23 The order is that of the archive.
R24 Nothing holds up the loop that all share.
"""

PROMISES: dict[str, str] = dict(line.split(" ", 1) for line in _ALL.strip().splitlines())
"""Id → what is promised."""
