"""The form of the fingerprint of a passage in its table (they are made in `cgutils.exchange`)."""

WITHHELD = "none"
FINGERPRINT = rf"(?:{WITHHELD}|v1:[0-9]{{1,6}}:[0-9]{{1,6}}:[0-9a-f]{{16}}:[A-Za-z0-9+/]+=*)"
