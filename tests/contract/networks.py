"""A network on loopback for each kind of source."""

from __future__ import annotations

from contract.places import HandedOver, Mailbox, Notes, Photos
from contract.webs import Blog, Bot, Media, Room, Search, Tags, Topics, Views

NETWORKS = {
    network.kind: network
    for network in (Tags, Views, Blog, Search, Photos, HandedOver, Notes, Room, Bot, Mailbox, Topics, Media)
}
