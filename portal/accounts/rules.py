"""Decisions about passwords, codes and addresses that need no database."""

import unicodedata
from collections.abc import Iterable

MOST_READ = 1_000  # characters; what is longer than any password or code is not looked at to its end
SHORTEST_PASSWORD = 10  # characters
LONGEST_PASSWORD = 200
FEWEST_DIFFERENT = 4
# Long enough, and still among the first that are tried.
COMMON = frozenset(
    """1234567890 0123456789 0987654321 12345678910 123456789a a123456789 password123 password1234
    qwertyuiop 1q2w3e4r5t 1qaz2wsx3edc iloveyou123 woaini1314 woaini5201314 5201314520 1314520520
    abc1234567 abcd123456 asdfghjkl1 admin12345 administrator""".split()  # noqa: SIM905  # shorter so
)
CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I: they are misread
CODE_LENGTH = 12


def plain_password(password: str) -> str:
    """Return the password in the one form in which all ways to type it are the same.

    One key may type "é" in two ways, and a Chinese keyboard letters in full width.
    """
    return unicodedata.normalize("NFKC", password[:MOST_READ])


def is_easy_to_guess(password: str, email: str = "") -> bool:
    """Tell whether a password of the right length is still among the first ones tried."""
    folded = plain_password(password).casefold()
    name = email.partition("@")[0]
    return (
        folded in COMMON
        or len(set(folded)) < FEWEST_DIFFERENT
        or bool(email and folded in (email, name, name * 2))
    )


def write_code(signs: Iterable[str]) -> str:
    """Return a code in groups of four, as it is printed: K7M3-9QXD-2HPA."""
    text = "".join(signs)
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def read_code(text: str) -> str:
    """Return the signs of a typed code: case, spaces, hyphens and width don't matter."""
    folded = unicodedata.normalize("NFKC", text[:MOST_READ]).upper()
    return "".join(c for c in folded if c.isalnum())[:40]


def local_path(wanted: str | None) -> str:
    """Return the path if it stays on this site, else an empty string."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return ""
    return "" if any(ord(c) < 32 or c == "\\" for c in wanted) else wanted


# The first mark found in what a browser says of itself; those that also name another come first.
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC"),
    ("QQBrowser", "QQ"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def tell_browser(user_agent: str) -> str:
    """Return browser and system in a few words, as in "Firefox, Android"; empty if neither is known."""
    names = [next((name for mark, name in marks if mark in user_agent), "") for marks in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, names))
