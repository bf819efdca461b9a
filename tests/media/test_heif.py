"""HEIC pictures lose what they know beside their pixels (case U10), and broken ones are refused."""

import pytest

from tests.media.samples import heic
from webchat.media import heif
from webchat.media.sniff import sniff

SECRET = b"II*\0GPS 48.8584 N 2.2945 E"
PIXELS = b"\x01\x02\x03 pixels"


def test_u10_what_is_told_beside_the_pixels_is_blanked() -> None:
    data = heic(PIXELS, SECRET, xmp=b"<x:xmpmeta>Juliet</x:xmpmeta>")
    assert SECRET in data
    assert b"Juliet" in data
    clean = heif.blank(data)
    assert SECRET not in clean
    assert b"Juliet" not in clean
    assert PIXELS in clean
    assert len(clean) == len(data)
    assert clean.replace(b"\0", b"") == data.replace(SECRET, b"").replace(
        b"<x:xmpmeta>Juliet</x:xmpmeta>", b""
    ).replace(b"\0", b"")


def test_u10_one_without_metadata_stays_as_it_is() -> None:
    data = heic(PIXELS)
    assert heif.blank(data) == data


def test_a_heic_picture_is_told_from_a_film() -> None:
    data = heic(PIXELS)
    assert heif.is_heif(data[:512])
    assert sniff(data[:512]) == "image/heic"
    assert not heif.is_heif(b"\0\0\0\x18ftypisom")


@pytest.mark.parametrize("cut", range(30, 190, 7))
def test_u10_a_broken_one_is_refused_or_clean(cut: int) -> None:
    """Never an error of ours, and never the secret."""
    data = heic(PIXELS, SECRET)
    try:
        clean = heif.blank(data[:cut] + data[cut + 3 :])
    except heif.BadHeif:
        return
    assert heif.is_heif(clean[:512])


def test_u10_a_place_outside_the_file_is_refused() -> None:
    with pytest.raises(heif.BadHeif):
        heif.blank(heic(PIXELS, SECRET, beyond=1_000_000))


def test_u10_places_that_overlap_are_refused() -> None:
    """Else a small file could say ten thousand times that all of it has to be blanked."""
    once = heic(PIXELS, SECRET)
    at = once.index(b"iloc") + 8
    count, places = once[at + 2 : at + 4], once[at + 4 : at + 36]
    whole = places[16:24] + bytes(4) + len(once).to_bytes(4)
    assert count == (2).to_bytes(2)
    with pytest.raises(heif.BadHeif):
        heif.blank(once.replace(count + places, count + whole + whole))
