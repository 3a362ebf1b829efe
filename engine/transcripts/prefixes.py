"""Names before the words: ``Agent: How can I help?``, as meeting programs write their subtitles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from engine.transcripts.roles import role_in
from engine.transcripts.utterance import Utterance

# A name has few words and no marks but those of names, and one that is not a role's speaks more than once.
_PREFIX = re.compile(r"(?:>>\s*|-\s*)?(?P<name>[^\W_][\w .'\u2019()-]{0,39}?)\s*:\s+(?=\S)|(?P<turn>>>)\s*")
_MOST_WORDS = 4


def with_speakers(utterances: Sequence[Utterance]) -> Sequence[Utterance]:
    """Return utterances with the speakers who are named in their words, where most of them begin so.

    One without a name goes on with the speaker before. Where any utterance has a speaker already, or fewer than half
    begin with a name, they are returned as they are: ``Note: ...`` is no speaker.
    """
    if not utterances or any(one.speaker is not None for one in utterances):
        return utterances
    found = [_PREFIX.match(one.text) for one in utterances]
    names = [one["name"] for one in found if one and one["name"] and len(one["name"].split()) <= _MOST_WORDS]
    often = {name for name, count in Counter(names).items() if count > 1 or role_in(name)}
    if 2 * sum(name in often for name in names) < len(utterances):
        return utterances
    named, speaker = [], None
    for one, match in zip(utterances, found, strict=True):
        own = match is not None and match["name"] in often
        speaker = match["name"] if match is not None and own else speaker
        named.append(replace(one, speaker=speaker, text=one.text[match.end() :] if match and own else one.text))
    return named
