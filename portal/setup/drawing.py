"""The photos of the demo: simple pictures, drawn when it is loaded."""

from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw

from portal.core.pictures import Picture, make_picture

Draw = ImageDraw.ImageDraw
SIZE = WIDTH, HEIGHT = 1200, 900
SKY, DUSK, NIGHT = "#bcd6da", "#d9b99b", "#27323c"
ROAD, PAVEMENT, WALL, LEAF, WATER = "#6d7377", "#c9c1b2", "#dccfb8", "#5f8a58", "#6f9fae"


def lamp(draw: Draw, _chance: Random) -> None:
    """A street at night under a lamp that is dark."""
    _ground(draw, NIGHT, "#3b444b", 640)
    for left in (60, 330, 760):
        draw.rectangle((left, 250, left + 210, 640), fill="#35414b")
        draw.rectangle((left + 40, 330, left + 90, 400), fill="#e7c46a")
    draw.rectangle((588, 180, 604, 720), fill="#11171c")
    draw.polygon([(520, 180), (672, 180), (640, 130), (552, 130)], fill="#11171c")
    for step in range(4):
        draw.rectangle((840 + 60 * step, 700 - 30 * step, WIDTH, 730 - 30 * step), fill="#515b63")


def stairwell(draw: Draw, chance: Random) -> None:
    """Boxes and a sofa on a landing."""
    _ground(draw, WALL, "#a99f8c", 620)
    draw.rectangle((80, 150, 300, 620), fill="#8a6f52")
    for step in range(6):
        draw.rectangle((760 + 60 * step, 620 - 70 * step, WIDTH, 690 - 70 * step), fill="#b7ad9b")
    for number in range(9):
        left, top = 330 + 120 * (number % 3), 500 - 110 * (number // 3)
        draw.rectangle((left, top, left + 108, top + 104), fill="#b98a57", outline="#6f4f2e", width=4)
        draw.line((left, top + 50, left + 108, top + 46 + chance.randint(0, 8)), fill="#e0c9a4", width=10)
    draw.rounded_rectangle((120, 660, 620, 840), 40, fill="#7a4a45")


def scooters(draw: Draw, _chance: Random) -> None:
    """A gate with a scooter on the pavement."""
    _ground(draw, SKY, PAVEMENT, 560)
    draw.rectangle((0, 720, WIDTH, HEIGHT), fill=ROAD)
    for left in (180, 920):
        draw.rectangle((left, 180, left + 90, 600), fill="#8f5b45")
    draw.rectangle((140, 130, 1050, 200), fill="#0b5d55")
    for left in (430, 690):
        draw.ellipse((left, 640, left + 110, 750), outline="#22292d", width=18)
    draw.line((485, 695, 560, 590, 700, 590, 745, 695), fill="#e8743b", width=26, joint="curve")
    draw.rectangle((420, 480, 540, 590), fill="#e8b13b")


def garden(draw: Draw, chance: Random) -> None:
    """An overgrown plot beside a pond."""
    _ground(draw, SKY, "#97a06b", 430)
    draw.ellipse((620, 470, 1180, 680), fill=WATER)
    for _blade in range(260):
        left, top = chance.randint(0, 700), chance.randint(460, HEIGHT)
        draw.line((left, top, left + chance.randint(-20, 20), top - chance.randint(30, 90)), LEAF, 5)
    for left in range(40, WIDTH, 170):
        draw.ellipse((left, 330, left + 150, 460), fill="#4f7a55")


def slide(draw: Draw, _chance: Random) -> None:
    """A slide on a playground with a rail that stands off."""
    _ground(draw, SKY, "#cfa777", 600)
    draw.polygon([(330, 250), (430, 250), (900, 720), (800, 720)], fill="#d8513a")
    draw.line((300, 200, 330, 720), fill="#3c4a54", width=22)
    for step in range(6):
        draw.line((240, 300 + 70 * step, 320, 300 + 70 * step), fill="#3c4a54", width=14)
    draw.line((360, 190, 620, 420, 660, 360, 900, 640), fill="#f0c64a", width=20, joint="curve")
    draw.ellipse((600, 390, 650, 440), fill="#8c2d20")


def facade(draw: Draw, chance: Random) -> None:
    """Tiles falling off a wall."""
    _ground(draw, SKY, PAVEMENT, 800)
    for top in range(60, 800, 60):
        for left in range(160, 1040, 80):
            colour = "#b08968" if (left, top) not in {(480, 300), (560, 300), (480, 360)} else "#7b6a5a"
            draw.rectangle((left, top, left + 74, top + 54), fill=colour)
    for left in (240, 800):
        draw.rectangle((left, 420, left + 150, 600), fill="#40525d")
    for _piece in range(7):
        left = chance.randint(420, 640)
        draw.rectangle((left, 810, left + 40, 836), fill="#b08968")


def foam(draw: Draw, chance: Random) -> None:
    """White foam below a pipe at the river."""
    _ground(draw, SKY, WATER, 420)
    draw.polygon([(0, 420), (520, 420), (300, HEIGHT), (0, HEIGHT)], fill="#8a8f80")
    draw.ellipse((330, 430, 450, 550), fill="#4b5257")
    draw.ellipse((350, 450, 430, 530), fill="#20262a")
    for _bubble in range(200):
        left, top, size = chance.randint(380, 760), chance.randint(520, 760), chance.randint(14, 46)
        draw.ellipse((left, top, left + size, top + size), fill="#f7f6f1", outline="#d9dcd8")


def road(draw: Draw, _chance: Random) -> None:
    """A hill road whose outer edge is gone."""
    _ground(draw, DUSK, "#7d8a5c", 380)
    draw.polygon([(480, 380), (660, 380), (1100, HEIGHT), (60, HEIGHT)], fill=ROAD)
    draw.line((570, 400, 580, HEIGHT), fill="#efe7d4", width=12)
    draw.polygon([(740, 520), (1010, HEIGHT), (760, 860), (640, 640)], fill="#5d4a35")
    draw.polygon([(0, 380), (260, 200), (520, 380)], fill="#66764d")


def willow(draw: Draw, chance: Random) -> None:
    """A broken branch that hangs over a bench by the river."""
    _ground(draw, SKY, "#97a06b", 520)
    draw.rectangle((0, 470, WIDTH, 560), fill=WATER)
    draw.polygon([(820, 880), (900, 880), (880, 300), (840, 300)], fill="#6b5139")
    draw.ellipse((640, 60, 1100, 400), fill=LEAF)
    for _twig in range(60):
        left = chance.randint(640, 1080)
        draw.line((left, 240, left + chance.randint(-30, 30), chance.randint(420, 560)), "#7fa56b", 6)
    draw.line((850, 330, 560, 430, 500, 680), fill="#6b5139", width=26, joint="curve")
    draw.rectangle((330, 760, 640, 790), fill="#8a5f3c")
    for left in (360, 590):
        draw.rectangle((left, 790, left + 22, 860), fill="#4b4640")


def pavement(draw: Draw, _chance: Random) -> None:
    """A hole in the pavement with a brick put into it."""
    _ground(draw, PAVEMENT, PAVEMENT, 100)
    for top in range(0, HEIGHT, 150):
        for left in range(-75 * (top // 150 % 2), WIDTH, 150):
            draw.rectangle((left, top, left + 150, top + 150), outline="#a79e8d", width=5)
    draw.polygon([(420, 330), (640, 290), (800, 420), (740, 620), (500, 640), (400, 500)], fill="#40372c")
    draw.rectangle((540, 400, 700, 480), fill="#a8553a")


def _ground(draw: Draw, above: str, below: str, horizon: int) -> None:
    draw.rectangle((0, 0, WIDTH, horizon), fill=above)
    draw.rectangle((0, horizon, WIDTH, HEIGHT), fill=below)


SCENES: dict[str, Callable[[Draw, Random], None]] = {
    scene.__name__: scene
    for scene in (lamp, stairwell, scooters, garden, slide, facade, foam, road, willow, pavement)
}


def draw_scene(name: str) -> Picture:
    """Return one of the demo's photos, the same each time."""
    image = Image.new("RGB", SIZE)
    SCENES[name](ImageDraw.Draw(image), Random(name))  # noqa: S311  # it only scatters leaves
    return make_picture(image)
