"""Fingerprints of passages: enough to find a passage again, too little to rebuild it.

The project publishes no text of its sources. A fingerprint of each passage lets readers find it in their own
copy.

1. `normalise`: NFKC, casefold, letters and digits only, so that line breaks, hyphens and quotes do not
   matter.
2. `kept_grams`: all runs of 12 characters are hashed (64-bit BLAKE2b, keyed with `SALT`); one in four is
   kept.
3. `mixed`: the kept hashes are mixed with the evidence id into the 32-bit hashes that are published.
4. One keyed BLAKE2b hash of the whole normalised passage.

The evidence id enters after the choice of the quarter, not before it, so that one run is published for all
items or for none. Many items rest on the same sentence: with a quarter of its own for each item, four of them
would give away 68 % of its runs, and most of the passage could be rebuilt. It also lets a document be hashed
once instead of once for each item.

What the quarter protects against is a reader who knows a few words and guesses on, character by character:
the chain breaks where runs are missing (benchmarks/fingerprints.py measures it; the median passage stays nine
tenths unknown even to somebody who tries all continuations of five characters). What no fingerprint prevents
is that a good guess is confirmed, since that is what it is for, and salt and ids are public: with other texts
on the subject at hand, common phrases that cover about a quarter of a passage can be recognised, in no known
order. Material whose wording must not be confirmed gets none (`WITHHELD`).
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from cgutils.data.errors import CgutilsError
from cgutils.data.fingerprint import FINGERPRINT, WITHHELD

SALT = b"cgutils passage fingerprints v1"
GRAM = 12
ONE_IN = 4
FEWEST_CHARACTERS = 40
# A longer fingerprint would be that of a page, not of a passage.
MOST_CHARACTERS = 4_000

Hashes = npt.NDArray[np.uint64]
Mixed = npt.NDArray[np.uint32]

_LONGEST = 64  # no character expands so far
_WIDTH = 4  # bytes of a character in UTF-32
_NOT_LETTER_OR_DIGIT = re.compile(r"[\W_]+")
_ASCII = {code: None for code in range(128) if not chr(code).isalnum()}
_PIECE = re.compile(r"\S{1,200}")
# Putting a long run of combining marks in order takes time that grows with its square; no letter has so many.
_MARKS = re.compile(r"([^\w\s\x00-\x7f]{8})[^\w\s\x00-\x7f]+")
_FORM = re.compile(FINGERPRINT)


def normalise(text: str) -> str:
    r"""Reduce a text to what survives another layout.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Its letters and digits after NFKC and casefolding (Unicode Standard Annex 15).

    Examples
    --------
    >>> normalise("Par-\nti\ufb01ed, 80.6 %") == normalise("PARTIFIED 806")
    True
    """
    return normalise_within(text, len(text) * _LONGEST)


def normalise_within(text: str, limit: int) -> str:
    """Normalise a text, but stop soon after ``limit`` characters: some expand, one of them to eighteen."""
    if text.isascii():
        return text.lower().translate(_ASCII)
    parts, size = [], 0
    for piece in _PIECE.finditer(_MARKS.sub(r"\1", text)):
        parts.append(_normalised(piece.group()))
        size += len(parts[-1])
        if size > limit:
            break
    return "".join(parts)


def _normalised(piece: str) -> str:
    folded = unicodedata.normalize("NFKC", piece).casefold()
    return _NOT_LETTER_OR_DIGIT.sub("", unicodedata.normalize("NFKC", folded))


def count_words(text: str) -> int:
    """Count the words of a text that hold at least one letter or digit.

    Examples
    --------
    >>> count_words("one - two, 3")
    3
    """
    return sum(1 for word in text.split() if _NOT_LETTER_OR_DIGIT.sub("", word))


@dataclass(frozen=True)
class Fingerprint:
    """What is published of a passage.

    Parameters
    ----------
    n_words, n_characters : int
        Length of the passage: words, and characters after normalising.
    whole : str
        64-bit hash of the whole normalised passage, hexadecimal.
    grams : tuple of int
        Sorted 32-bit hashes of the kept runs of 12 characters.
    """

    n_words: int
    n_characters: int
    whole: str
    grams: tuple[int, ...]

    @property
    def cell(self) -> str:
        """The fingerprint as the table holds it: ``v1:words:characters:whole:base64 of the hashes``."""
        packed = base64.b64encode(np.array(self.grams, dtype="<u4").tobytes()).decode("ascii")
        return f"v1:{self.n_words}:{self.n_characters}:{self.whole}:{packed}"


def make_fingerprint(evidence_id: str, passage: str) -> Fingerprint:
    """Make the fingerprint of a passage.

    Parameters
    ----------
    evidence_id : str
        The item that rests on the passage; it is part of the key.
    passage : str
        The wording as it stands in the source.

    Returns
    -------
    Fingerprint

    Raises
    ------
    CgutilsError
        Where the passage is too short to be told from others, or too long to be one passage.
    """
    text = normalise(passage)
    grams = mixed(kept_grams(text)[1], evidence_id)
    if len(text) < FEWEST_CHARACTERS or not len(grams):
        raise CgutilsError(
            f"{evidence_id}: the passage has {len(text)} letters and digits; at least {FEWEST_CHARACTERS} "
            "are needed to tell it from others. Take the whole sentence and the next."
        )
    if len(text) > MOST_CHARACTERS:
        raise CgutilsError(
            f"{evidence_id}: the passage has {len(text):,} letters and digits; at most {MOST_CHARACTERS:,} "
            "are one passage. Take the sentences that carry the finding."
        )
    hashes = tuple(int(value) for value in np.unique(grams))
    return Fingerprint(count_words(passage), len(text), whole_hash(evidence_id, text), hashes)


def read_fingerprint(cell: str) -> Fingerprint | None:
    """Read a cell of the column ``fingerprint``.

    Parameters
    ----------
    cell : str
        ``""`` (none made), ``"none"`` (withheld) or what `Fingerprint.cell` gives.

    Returns
    -------
    Fingerprint or None
        None where there is none.

    Raises
    ------
    CgutilsError
        Where the cell has another form, as after a cut or a mix-up of columns.
    """
    if cell in {"", WITHHELD}:
        return None
    if _FORM.fullmatch(cell):
        _, n_words, n_characters, whole, packed = cell.split(":")
        try:
            raw = base64.b64decode(packed, validate=True)
            if raw and len(raw) % 4 == 0:
                grams = tuple(int(value) for value in np.frombuffer(raw, dtype="<u4"))
                return Fingerprint(int(n_words), int(n_characters), whole, grams)
        except binascii.Error:
            pass
    raise CgutilsError(f"{cell[:40]!r} is not a fingerprint. Make it again with `cgutils fingerprint`.")


def kept_grams(normalised: str) -> tuple[npt.NDArray[np.int64], Hashes]:
    """Hash all runs of 12 characters and keep the quarter whose hash is 0 modulo 4.

    Parameters
    ----------
    normalised : str
        A text as `normalise` gives it.

    Returns
    -------
    positions : array of int64, shape (kept,)
        Where the kept runs begin, ascending.
    hashes : array of uint64, shape (kept,)
        Their hashes.
    """
    raw = normalised.encode("utf-32-le")
    size = GRAM * _WIDTH
    digests = []
    # Copying a hash that has its key already takes three quarters of the time of making one.
    start = blake2b(digest_size=8, key=SALT).copy
    for end in range(size, len(raw) + 1, _WIDTH):
        state = start()
        state.update(raw[end - size : end])
        digests.append(state.digest())
    hashes = np.frombuffer(b"".join(digests), dtype="<u8")
    positions = np.flatnonzero(hashes % ONE_IN == 0)
    return positions, hashes[positions]


def mixed(hashes: Hashes, evidence_id: str) -> Mixed:
    """Mix kept hashes with the evidence id into the 32-bit hashes that are published.

    Parameters
    ----------
    hashes : array of uint64
        As `kept_grams` gives them.
    evidence_id : str
        Part of the key, so that the lists of two items do not show which runs they share.

    Returns
    -------
    array of uint32, same shape
    """
    first, second = _key(evidence_id)
    # The two multiplications of a common integer hash; uint64 arrays wrap around silently.
    out = (hashes ^ first) * second
    out ^= out >> np.uint64(32)
    out *= second
    return (out >> np.uint64(32)).astype(np.uint32)


def whole_hash(evidence_id: str, normalised: str) -> str:
    """Hash a whole normalised passage: 64 bits, hexadecimal."""
    return blake2b(f"{evidence_id}:{normalised}".encode(), digest_size=8, key=SALT).hexdigest()


@lru_cache(maxsize=4096)
def _key(evidence_id: str) -> tuple[np.uint64, np.uint64]:
    digest = blake2b(evidence_id.encode(), digest_size=16, key=SALT).digest()
    # A multiplier has to be odd, or bits are lost.
    return np.uint64(int.from_bytes(digest[:8], "little")), np.uint64(
        int.from_bytes(digest[8:], "little") | 1
    )
