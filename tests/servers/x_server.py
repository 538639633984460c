"""X's API v2 on loopback, in the shapes of recorded answers, with posts that we wrote; it keeps the bill.

Recent search, lookup, rules and filtered stream as documented at https://docs.x.com/x-api.
"""

from __future__ import annotations

import json
import queue
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from servers.loopback import Answer, Asked, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator

EPOCH = datetime.fromtimestamp(1_288_834_974.657, tz=UTC)
TOKEN = "app-token"  # noqa: S105  # a test's own
PRICES = {"post": 0.005, "user": 0.01, "media": 0.005}


class XServer(LoopbackServer):
    """Serves `statuses` (by number) to whoever has the token; `bill` is what it takes for that, in dollars."""

    def __init__(self) -> None:
        super().__init__()
        self.begin = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        self.statuses: dict[int, dict[str, Any]] = {}
        self.users = {"7": {"id": "7", "username": "ada", "name": "Ada Lovelace"}}
        self.media: dict[str, dict[str, Any]] = {}
        self.polls: dict[str, dict[str, Any]] = {}
        self.elsewhere: dict[str, dict[str, Any]] = {}
        """Posts that no search finds, by id: what others quote."""
        self.hidden: set[int] = set()
        """Numbers of posts that may not be seen any more."""
        self.old_versions = False
        """Whether search still finds the first version of what was edited."""
        self.headers: dict[str, str] = {}
        self.rules: dict[str, dict[str, str]] = {}
        self.paid: dict[str, set[str]] = defaultdict(set)
        self.live: queue.Queue[bytes | None] = queue.Queue()
        self.keepalive = 0.05

    def identity(self, number: int, edits: int = 0) -> str:
        """The id of a post's version: a post a second, an edit half a minute later."""
        moment = self.begin + timedelta(seconds=number + 30 * edits)
        return str((round((moment - EPOCH) / timedelta(milliseconds=1)) << 22) + edits)

    def add(self, number: int, text: str | None = None, tag: str = "hall", **changes: Any) -> dict[str, Any]:
        """A post of ada's with `tag`, posted `number` seconds into the last hour."""
        words = f"Post {number} for #{tag}" if text is None else text
        identity = self.identity(number)
        self.statuses[number] = {
            "edit_history_tweet_ids": [identity],
            "id": identity,
            "text": words,
            "author_id": "7",
            "created_at": self._said(number),
            "lang": "en",
            "possibly_sensitive": False,
            "entities": {"hashtags": [{"start": 0, "end": 1, "tag": tag}]},
        } | changes
        return self.statuses[number]

    def uri(self, number: int) -> str:
        return f"https://x.com/i/status/{self.identity(number)}"

    def edit(self, number: int, text: str) -> None:
        """Change a post's words: a version with an id of its own."""
        history = [*self.statuses[number]["edit_history_tweet_ids"]]
        edits = len(history)
        history.append(self.identity(number, edits))
        self.statuses[number] |= {
            "id": history[-1],
            "text": text,
            "edit_history_tweet_ids": history,
            "created_at": self._said(number + 30 * edits),
        }

    def tell(self, *numbers: int) -> None:
        """Send posts down the stream, by the rules that they match."""
        for number in numbers:
            shown = self._shown([self.statuses[number]], {"expansions": ["author_id"]})
            item = {"data": shown["data"][0], "includes": shown.get("includes", {}), "matching_rules": self._matching()}
            self.live.put(json.dumps(item).encode() + b"\r\n")

    @property
    def bill(self) -> float:
        return sum(PRICES[kind] * len(ids) for kind, ids in self.paid.items())

    def answer(self, asked: Asked) -> Answer:
        path, said = urlsplit(asked.target).path, parse_qs(urlsplit(asked.target).query)
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            problem = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
            return self._json(problem, 401)
        match path:
            case "/2/tweets/search/recent":
                return self._search(said)
            case "/2/tweets":
                return self._lookup(said)
            case "/2/tweets/search/stream/rules":
                return self._ruled(json.loads(asked.body)) if asked.method == "POST" else self._listed()
            case "/2/tweets/search/stream":
                return Answer(200, {"Content-Type": "application/json", **self.headers}, stream=self._stream())
        return self._json({"title": "Not Found", "type": "about:blank", "status": 404}, 404)

    def _search(self, said: dict[str, list[str]]) -> Answer:
        size = int(said.get("max_results", ["10"])[0])
        since = int(said.get("since_id", ["0"])[0])
        oldest = (round((datetime.now(UTC) - timedelta(days=7) - EPOCH) / timedelta(milliseconds=1))) << 22
        if not 10 <= size <= 100 or (since and since < oldest) or "-is:retweet" not in said["query"][0]:
            return self._invalid(f"one of {sorted(said)} is invalid")
        posts = sorted(self._findable(), key=lambda post: int(post["id"]), reverse=True)
        posts = [post for post in posts if int(post["id"]) > since]
        if "next_token" in said:
            token = said["next_token"][0]
            if not token.startswith("b26v"):
                return self._invalid("next_token: Invalid")
            posts = [post for post in posts if int(post["id"]) < int(token[4:])]
        page, rest = posts[:size], posts[size:]
        value = self._shown(page, said)
        value["meta"] = {"result_count": len(page)}
        if page:
            value["meta"] |= {"newest_id": page[0]["id"], "oldest_id": page[-1]["id"]}
        if rest:
            value["meta"]["next_token"] = f"b26v{page[-1]['id']}"
        return self._json(value)

    def _findable(self) -> Iterator[dict[str, Any]]:
        for number, post in self.statuses.items():
            if number not in self.hidden:
                first = post["edit_history_tweet_ids"][0]
                yield post | {"id": first, "text": "An older version"} if self.old_versions else post

    def _lookup(self, said: dict[str, list[str]]) -> Answer:
        ids = said["ids"][0].split(",")
        if not 1 <= len(ids) <= 100 or not all(map(str.isdecimal, ids)):
            return self._invalid("ids")
        known = {each: post for post in self.statuses.values() for each in post["edit_history_tweet_ids"]}
        hidden = {each for number in self.hidden for each in self.statuses[number]["edit_history_tweet_ids"]}
        found = [known[each] for each in ids if each in known and each not in hidden]
        value = self._shown(found, said)
        errors = [self._problem(each, hidden=each in hidden) for each in ids if each not in known or each in hidden]
        return self._json(value | ({"errors": [*value.get("errors", []), *errors]} if errors else {}))

    def _problem(self, identity: str, *, hidden: bool = False, parameter: str = "ids") -> dict[str, Any]:
        """As recorded answers say it."""
        kind = "not-authorized-for-resource" if hidden else "resource-not-found"
        title = "Authorization Error" if hidden else "Not Found Error"
        return {
            "value": identity,
            "detail": f"Could not find tweet with {parameter}: [{identity}].",
            "title": title,
            "resource_type": "tweet",
            "parameter": parameter,
            "resource_id": identity,
            "type": f"https://api.twitter.com/2/problems/{kind}",
        }

    def _shown(self, posts: list[dict[str, Any]], said: dict[str, list[str]]) -> dict[str, Any]:
        """An answer's data, with what it includes, billed."""
        wanted = said.get("expansions", [""])[0]
        refs = [each["id"] for post in posts for each in post.get("referenced_tweets", ())]
        included = [self.elsewhere[each] for each in dict.fromkeys(refs) if each in self.elsewhere]
        authors = {post["author_id"] for post in [*posts, *included]}
        keys = [key for post in posts for key in post.get("attachments", {}).get("media_keys", ())]
        polls = [key for post in posts for key in post.get("attachments", {}).get("poll_ids", ())]
        includes = {
            "users": [self.users[each] for each in sorted(authors) if each in self.users],
            "tweets": included,
            "media": [self.media[key] for key in dict.fromkeys(keys) if key in self.media],
            "polls": [self.polls[key] for key in dict.fromkeys(polls) if key in self.polls],
        }
        includes = {name: items for name, items in includes.items() if items} if "author_id" in wanted else {}
        lost = [each for each in dict.fromkeys(refs) if each not in self.elsewhere]
        errors = [self._problem(each, parameter="referenced_tweets.id") for each in lost]
        self.paid["post"] |= {post["id"] for post in [*posts, *includes.get("tweets", ())]}
        self.paid["user"] |= {user["id"] for user in includes.get("users", ())}
        self.paid["media"] |= {media["media_key"] for media in includes.get("media", ())}
        value: dict[str, Any] = {"data": posts} if posts else {}
        return value | ({"includes": includes} if includes else {}) | ({"errors": errors} if errors else {})

    def _listed(self) -> Answer:
        rules = list(self.rules.values())
        return self._json({**({"data": rules} if rules else {}), "meta": {"sent": "x", "result_count": len(rules)}})

    def _ruled(self, change: dict[str, Any]) -> Answer:
        for identity in change.get("delete", {}).get("ids", ()):
            self.rules.pop(identity, None)
        added = [{"id": str(1000 + len(self.rules)), **rule} for rule in change.get("add", ())]
        if any(len(rule["value"]) > 1024 or "bad:" in rule["value"] for rule in added):
            problem = {
                "title": "InvalidRule",
                "details": ["?"],
                "type": "https://api.twitter.com/2/problems/invalid-rules",
            }
            return self._json({"errors": [problem], "meta": {"summary": {"invalid": 1}}}, 201)
        self.rules |= {rule["id"]: rule for rule in added}
        return self._json({"data": added, "meta": {"summary": {"created": len(added)}}}, 201 if added else 200)

    def _matching(self) -> list[dict[str, str]]:
        return [{"id": rule["id"], "tag": rule.get("tag", "")} for rule in self.rules.values()]

    def _stream(self) -> Iterator[bytes]:
        while not self.closing.is_set():
            try:
                piece = self.live.get(timeout=self.keepalive)
            except queue.Empty:
                piece = b"\r\n"
            if piece is None:
                return
            yield piece

    def _invalid(self, why: str) -> Answer:
        problem = {
            "errors": [{"parameters": {}, "message": why}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": "https://api.twitter.com/2/problems/invalid-request",
        }
        return self._json(problem, 400)

    def _json(self, value: Any, status: int = 200) -> Answer:
        headers = {"Content-Type": "application/json; charset=utf-8", **self.headers}
        return Answer(status, headers, json.dumps(value).encode())

    def _said(self, second: int) -> str:
        return (self.begin + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
