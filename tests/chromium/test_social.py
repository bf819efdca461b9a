"""This room lets three people on one server live the social half: posts, talk, a community and its care."""

from tests.lab.fixtures import OpenPerson
from tests.lab.prosody import Lab
from tests.lab.social import found_a_community, read_and_answer


async def test_three_people_write_read_and_found_a_community(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet, mercutio = [await person(one) for one in prosody.add("romeo", "juliet", "mercutio")]
    await read_and_answer(romeo, juliet, mercutio)
    await found_a_community(romeo, juliet, mercutio)
