"""`kiosk login`: a token of one's own account, fetched with a code that a browser shows, kept in a file."""

from __future__ import annotations

import os
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.domain.errors import UsageError
from kiosk.media.client import GuardedClient
from kiosk.sources.mastodon import login as mastodon_login

if TYPE_CHECKING:
    from collections.abc import Callable


async def login(
    server: str, output: Path | None, say: Callable[[str], None], ask: Callable[[str], str], *, allow_private: bool
) -> int:
    """Register this program at a Mastodon server, `ask` for the code its page shows, and keep the token in a file.

    Raises:
        KioskError: where the server refuses, the code is wrong, or the file cannot be written.

    """
    address = server if "://" in server else f"https://{server}"
    path = output or Path(address.partition("://")[2].strip("/").replace(":", "-") + ".token")
    if path.exists():
        raise UsageError(f"{path} exists; name another file with -o, or remove it first.")
    async with aclosing(GuardedClient(allow_private=allow_private)) as client:
        token, account = await mastodon_login.login(address.rstrip("/"), client, ask)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}); name another file with -o.") from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(token + "\n")
    say(f"Logged in as {account}. The token is in {path}, readable by you alone.")
    say(f'Name it in the [[source]] of {address}: token_file = "{path}"')
    return 0
