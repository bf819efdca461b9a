"""This room lets two people on Prosody and one on ejabberd live the social half together, in Chromium."""

from tests.lab.ejabberd import Ejabberd
from tests.lab.fixtures import OpenPerson
from tests.lab.prosody import Lab
from tests.lab.social import found_a_community, read_and_answer


async def test_two_servers(prosody: Lab, neighbour: Ejabberd, person: OpenPerson) -> None:
    people = [*prosody.add("romeo", "juliet"), *neighbour.add("benvolio")]
    romeo, juliet, benvolio = [await person(one) for one in people]
    await read_and_answer(romeo, juliet, benvolio)
    await read_and_answer(benvolio, romeo, juliet)
    await found_a_community(romeo, juliet, benvolio)
    # At ejabberd nobody but who published something can publish it anew.
    await found_a_community(benvolio, romeo, juliet, changes=False)
