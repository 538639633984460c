"""What the sender of a mail wrote themselves: decoded, without what they quote, forward or sign with.

Nothing in a mail marks these reliably, so only what is unmistakable is cut; the rest is for the moderator's eye.
"""

from __future__ import annotations

import base64
import quopri
import re
from typing import Final

from kiosk.domain.text import MAX_HTML, clean, plain_from_html
from kiosk.sources.mail.headers import readable

MOST_LINES: Final = 1_500
"""Lines of a mail that are looked at; the wall shows 24."""

_NO_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]+")
_LONGEST_NOTE: Final = 300
_SIGNATURE: Final = frozenset({"-- ", "--"})
"""RFC 3676, 4.3; many programs lose its space."""

_ATTRIBUTION: Final = re.compile(
    r"(?:On|Am|Le|El|Il|Op|Em|Den|Dnia|W dniu|Vào)\b.{1,300}\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|"
    r"escreveu|skrev|napisał|napisała)\b.{0,80}:",
    re.IGNORECASE,
)
_OTHERS_WORDS: Final = re.compile(
    r"\s*(?:-{3,}\s*(?:Original[ -]?Message|Original Appointment|Forwarded message|Ursprüngliche Nachricht|"
    r"Weitergeleitete Nachricht|Message d['’]origine|Message transféré|Mensaje original|Mensaje reenviado|"
    r"Messaggio originale|Messaggio inoltrato|Oorspronkelijk bericht|Doorgestuurd bericht|Mensagem original)\s*-{3,}"
    r"|Begin forwarded message:|Anfang der weitergeleiteten Nachricht:|Début du message réexpédié\s*:)\s*",
    re.IGNORECASE,
)
_FROM: Final = re.compile(r"\*?(?:From|Von|De|Da|Van)\s*:", re.IGNORECASE)
_SENT: Final = re.compile(
    r"\*?(?:Sent|Gesendet|Envoyé|Enviado|Inviato|Verzonden|Date|Datum|Fecha|Data)\s*:", re.IGNORECASE
)
_SENT_WITH: Final = re.compile(
    r"(?:Sent from (?:my|Mail|Yahoo|Outlook|Proton)|Sent with |Get Outlook for |Von meinem \S+ gesendet|"
    r"Gesendet von |Envoyé de mon |Enviado desde mi |Inviato da |Verstuurd vanaf ).{0,80}",
    re.IGNORECASE,
)
_HTML_OTHERS: Final = re.compile(
    r"<(?:blockquote|div)\b[^<>]{0,300}?(?:gmail_quote|type=[\"']?cite|divRplyFwdMsg|appendonsend|moz-cite-prefix|"
    r"yahoo_quoted|protonmail_quote|gmail_signature|moz-signature)",
    re.IGNORECASE,
)
"""Where the mail programs that most people use begin what is not theirs to show."""


def decoded(body: bytes, encoding: str, charset: str) -> str:
    """The text of a part, whatever is wrong with its encoding for the way (RFC 2045, 6) or its character set."""
    return readable(unpacked(body, encoding), charset)


def unpacked(body: bytes, encoding: str) -> bytes:
    """The bytes of a part before they were encoded for the way; a broken encoding gives what can be had of it."""
    if encoding == "quoted-printable":
        return quopri.decodestring(body)
    if encoding != "base64":
        return body
    letters = _NO_BASE64.sub(b"", body.partition(b"=")[0])
    whole = len(letters) - (len(letters) % 4 == 1)  # a part that was cut off may end within a byte
    return base64.b64decode(letters[:whole] + b"=" * (-whole % 4))


def unflowed(text: str, *, delete_space: bool) -> str:
    """Join the lines that `format=flowed` broke (RFC 3676): those that end in a space, but for the signature's mark."""
    joined: list[str] = []
    flows = False
    for line in text.split("\n"):
        bare = line.rstrip("\r")
        stuffed = bare.removeprefix(" ")
        if flows and not stuffed.startswith(">") and stuffed not in _SIGNATURE:
            joined[-1] += stuffed
        else:
            joined.append(stuffed)
        flows = stuffed.endswith(" ") and stuffed not in _SIGNATURE and not stuffed.startswith(">")
        if flows and delete_space:
            joined[-1] = joined[-1][:-1]
    return "\n".join(joined)


def own_words(text: str) -> str:
    """Clean plain text without quotes, what is forwarded, and the signature."""
    lines = [line.rstrip("\r") for line in text.split("\n")[:MOST_LINES]]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line in _SIGNATURE or _OTHERS_WORDS.fullmatch(line[:_LONGEST_NOTE]) or _begins_headers(lines, at):
            break
        attribution = 0 if line.startswith(">") else _attribution(lines, at)
        if not attribution and not line.startswith(">"):
            kept.append(line)
        at += attribution or 1
    while kept and (not kept[-1].strip() or _SENT_WITH.fullmatch(kept[-1].strip()[:_LONGEST_NOTE])):
        kept.pop()
    return clean("\n".join(kept))


def own_words_of_html(html: str) -> str:
    """The same of HTML: what common mail programs mark as quoted, forwarded or signature is cut before it is read."""
    html = html[:MAX_HTML]
    others = _HTML_OTHERS.search(html)
    return own_words(plain_from_html(html[: others.start()] if others else html))


def _begins_headers(lines: list[str], at: int) -> bool:
    """Whether Outlook's way to quote begins here: From, then Sent within the next lines."""
    return bool(_FROM.match(lines[at])) and any(_SENT.match(line) for line in lines[at + 1 : at + 4])


def _attribution(lines: list[str], at: int) -> int:
    """How many lines “On … wrote:” takes here, before a quote or at the end of the mail; 0 where there is none."""
    for count in (1, 2, 3):
        said = " ".join(line.strip() for line in lines[at : at + count])
        if len(said) <= 2 * _LONGEST_NOTE and _ATTRIBUTION.fullmatch(said):
            following = next((line for line in lines[at + count :] if line.strip()), ">")
            return count if following.startswith(">") else 0
    return 0
