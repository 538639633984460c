"""All pictures and faces of the demo event, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from demo import city, cups, food, machines, outdoors, printed, stage, streets, things
from demo.faces import PEOPLE, avatar

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

__all__ = ["PEOPLE", "PICTURES", "avatar"]

PICTURES: Final[dict[str, Callable[[], Image.Image]]] = {
    "skyline-dusk": city.skyline_night,
    "bridge-sunset": city.bridge_sunset,
    "bridge-fog": city.bridge_fog,
    "stage-beams": stage.stage_beams,
    "crowd-hands": stage.crowd_hands,
    "dj": stage.disc_jockey,
    "dance-floor": stage.dance_floor,
    "disco-ball": stage.disco_ball,
    "big-slide": stage.big_slide,
    "friends": stage.friends,
    "hands-in": stage.toast_hands,
    "microphone": stage.microphone,
    "lone-hand": stage.lone_hand,
    "cup-rows": cups.two_rows,
    "cup-flip": cups.flying_cup,
    "cup-tower": cups.cup_tower,
    "cups-above": cups.cups_above,
    "champion-cup": cups.champion_cup,
    "after-match": cups.after_match,
    "coffee": food.coffee,
    "pizza": food.pizza,
    "tacos": food.tacos,
    "cupcakes": food.cupcakes,
    "drinks": food.drinks,
    "doughnuts": food.doughnuts,
    "laptop-stickers": machines.laptop_lid,
    "server-rack": machines.server_rack,
    "terminal": machines.terminal,
    "keyboard": machines.keyboard,
    "circuit": machines.circuit,
    "cat-keyboard": machines.cat,
    "sunset-bay": outdoors.sunset_bay,
    "hot-air-balloons": outdoors.balloons_sky,
    "night-sky": outdoors.night_sky,
    "fireworks": outdoors.fireworks,
    "lighthouse": outdoors.lighthouse,
    "paper-planes": outdoors.paper_planes,
    "bokeh-street": streets.bokeh_street,
    "rain-window": streets.rain_window,
    "city-map": streets.city_map,
    "subway": streets.subway,
    "bicycle": streets.bicycle,
    "neon-flip": streets.neon_flip,
    "neon-tweetup": streets.neon_tweetup,
    "poster": printed.poster,
    "bracket": printed.bracket,
    "retro-badge": printed.retro_badge,
    "name-tag": printed.name_tag,
    "lanyards": printed.lanyards,
    "whiteboard": printed.whiteboard,
    "polaroids": printed.polaroids,
    "sneakers": things.sneakers,
    "plants": things.plants,
    "party-balloons": things.party_balloons,
    "tram": things.tram,
    "arcade": things.arcade,
    "vinyl": things.vinyl,
    "guest-wall": things.guest_wall,
    "sticky-notes": things.sticky_notes,
}
