"""Which name a pack gets: what the names of its entities have in common, as people see it there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..config.values import check_name, slug
from ..config.words import BadValue
from .node import Pack

_LONGEST = 40


def names(packs: Iterable[Pack]) -> Mapping[str, str]:
    """The name of each pack by its id, no two alike in topics; its id where nothing else can be."""
    packs = list(packs)
    proposed = {pack.id: _common(pack) for pack in packs}
    taken = [slug(name) for name in proposed.values()]
    chosen: dict[str, str] = {}
    for pack in packs:
        name = proposed[pack.id]
        if not _can_be(name) or taken.count(slug(name)) > 1:
            name = pack.id
        if not _can_be(name) or slug(name) in map(slug, chosen.values()):
            name = f"pack-{pack.address}-{len(chosen)}"
        chosen[pack.id] = name
    return chosen


def _common(pack: Pack) -> str:
    """The words with which all entities begin, without those that all of their keys have."""
    split = [entity.name.split() for entity in pack.entities]
    if len(split) < 2:
        return ""
    common = []
    for words in zip(*split, strict=False):
        if len(set(words)) > 1:
            break
        common.append(words[0])
    shared = set.intersection(*(set(entity.key.split("_")) for entity in pack.entities))
    while common and common[-1].lower() in shared:
        common.pop()
    return " ".join(common).strip(" -_:|")


def _can_be(name: str) -> bool:
    try:
        check_name(name)
    except BadValue:
        return False
    return len(name) <= _LONGEST and "${" not in name
