"""This room holds the word for "something a page may show is different now"."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """Base of all changes.

    A change says *what* is different, never how it looks: it carries ids, no content, so that drawing it
    late, twice or merged with others shows the same truth. Changes that are equal are merged, hence frozen
    and hashable fields only.
    """
