"""Pictures that show no fundus: photographs that other packages carry, and drawn ones.

Kinds in `HELD_OUT` are never trained on; they judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from ..training.datasets import picture

_PICTURES = {
    "skimage": (
        "data",
        [
            "coffee.png",
            "astronaut.png",
            "camera.png",
            "rocket.jpg",
            "motorcycle_left.png",
            "brick.png",
            "gravel.png",
            "grass.png",
            "text.png",
            "hubble_deep_field.jpg",
            "moon.png",
            "ihc.png",
            "coins.png",
            "logo.png",
            "cell.png",
            "color.png",
            "clock_motion.png",
            "chessboard_RGB.png",
            "chelsea.png",
            "page.png",
            "horse.png",
        ],
    ),
    "sklearn": ("datasets/images", ["china.jpg", "flower.jpg"]),
    "gradio": ("media_assets/images", ["groot.jpeg", "tower.jpg", "lion.jpg", "cheetah1.jpg"]),
    "matplotlib": ("mpl-data/sample_data", ["grace_hopper.jpg"]),
    "ultralytics": ("assets", ["bus.jpg", "zidane.jpg"]),
}
HELD_OUT = ("chelsea", "lion", "cheetah1", "flower", "page", "horse", "screenshot", "uniform_noise", "flat", "stripes")
DRAWN = (
    "smooth_noise",
    "gaussian_noise",
    "gradient",
    "words",
    "discs",
    "face",
    "screenshot",
    "uniform_noise",
    "flat",
    "stripes",
)


def ordinary_pictures() -> dict[str, NDArray[np.uint8]]:
    """Photographs inside the wheels of installed packages, RGB uint8, by name; those not installed are left out."""
    found = {}
    for package, (folder, files) in _PICTURES.items():
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            continue
        root = Path(spec.submodule_search_locations[0]) / folder
        found.update({Path(f).stem: picture(root / f) for f in files if (root / f).exists()})
    return found


def variants(pixels: NDArray[np.uint8], count: int, rng: np.random.Generator) -> Iterator[NDArray[np.uint8]]:
    """Crops of a picture, some tinted like a fundus, some in a round field on black, some small on a dark canvas."""
    height, width = pixels.shape[:2]
    for _ in range(count):
        share = rng.uniform(0.35, 1.0)
        h, w = max(48, int(share * height)), max(48, int(share * width * rng.uniform(0.8, 1.0)))
        top, left = rng.integers(0, max(1, height - h + 1)), rng.integers(0, max(1, width - w + 1))
        crop = Image.fromarray(pixels[top : top + h, left : left + w])
        scale = rng.uniform(300, 640) / max(crop.size)
        view = np.asarray(crop.resize((max(64, round(crop.width * scale)), max(64, round(crop.height * scale)))))
        if rng.random() < 0.45:
            view = tint(view, rng)
        if rng.random() < 0.5:
            view = round_field(view)
        if rng.random() < 0.2:
            view = on_canvas(view, rng)
        yield view[:, ::-1] if rng.random() < 0.5 else view


def tint(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The picture in the colours of a fundus photograph."""
    grey = pixels.mean(axis=2, keepdims=True) / 255
    low = np.array([60, 15, 5]) * rng.uniform(0.5, 1.5)
    high = np.array([rng.uniform(180, 255), rng.uniform(90, 190), rng.uniform(30, 120)])
    return np.clip(low + (high - low) * grey, 0, 255).astype(np.uint8)


def in_other_light(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The picture in light of another colour, at times in very little of it."""
    gain = rng.uniform(0.5, 1.3, 3)
    if rng.random() < 0.4:
        gain = gain * rng.uniform(0.15, 1.1)
    return np.clip(pixels * gain, 0, 255).astype(np.uint8)


def round_field(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture inside the largest centred circle, black around."""
    height, width = pixels.shape[:2]
    ys, xs = np.ogrid[:height, :width]
    inside = (xs - width / 2) ** 2 + (ys - height / 2) ** 2 <= (min(height, width) / 2) ** 2
    return np.where(inside[:, :, None], pixels, 0).astype(np.uint8)


def on_canvas(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The picture somewhere on a larger dark canvas."""
    height, width = pixels.shape[:2]
    canvas = np.full(
        (int(height * rng.uniform(1.2, 1.8)), int(width * rng.uniform(1.2, 1.8)), 3), rng.integers(0, 12), np.uint8
    )
    top, left = rng.integers(0, canvas.shape[0] - height), rng.integers(0, canvas.shape[1] - width)
    canvas[top : top + height, left : left + width] = pixels
    return canvas


def draw(kind: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One drawn picture of a kind in `DRAWN`, RGB uint8, about 400 pixels a side."""
    width, height = (int(v) for v in rng.integers(300, 520, 2))
    ys, xs = np.mgrid[:height, :width].astype(np.float32)
    colours = rng.integers(0, 256, (2, 3)).astype(np.float32)
    if kind == "uniform_noise":
        return rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
    if kind == "gaussian_noise":
        return np.clip(rng.normal(colours[0], rng.uniform(10, 80), (height, width, 3)), 0, 255).astype(np.uint8)
    if kind == "flat":
        return np.broadcast_to(colours[0].astype(np.uint8), (height, width, 3)).copy()
    if kind == "gradient":
        angle = rng.uniform(0, 2 * np.pi)
        ramp = xs / width * np.cos(angle) + ys / height * np.sin(angle)
        ramp = ((ramp - ramp.min()) / np.ptp(ramp))[:, :, None]
        return (colours[0] * ramp + colours[1] * (1 - ramp)).astype(np.uint8)
    if kind == "smooth_noise":
        planes = [ndimage.gaussian_filter(rng.normal(size=(height, width)), rng.uniform(3, 25)) for _ in range(3)]
        return np.stack([np.clip(128 + 60 * p / p.std(), 0, 255) for p in planes], axis=2).astype(np.uint8)
    if kind == "stripes":
        angle, period = rng.uniform(0, np.pi), rng.uniform(6, 60)
        wave = (0.5 + 0.5 * np.sin(2 * np.pi * (xs * np.cos(angle) + ys * np.sin(angle)) / period))[:, :, None]
        return (colours[0] * wave + colours[1] * (1 - wave)).astype(np.uint8)
    return _drawn_with_pen(kind, width, height, rng)


def _drawn_with_pen(kind: str, width: int, height: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    def colour() -> tuple[int, int, int]:
        red, green, blue = rng.integers(0, 256, 3)
        return int(red), int(green), int(blue)

    page = Image.new("RGB", (width, height), colour() if kind != "screenshot" else (250, 250, 252))
    pen = ImageDraw.Draw(page)
    if kind == "discs":
        for _ in range(rng.integers(2, 14)):
            x, y, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(8, 0.4 * width)
            pen.ellipse((x - r, y - r, x + r, y + r), fill=colour())
    elif kind == "face":
        cx, cy, r = width / 2, height / 2, min(width, height) * rng.uniform(0.3, 0.48)
        pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=colour())
        for side in (-1, 1):
            pen.ellipse(
                (cx + side * 0.4 * r - 0.12 * r, cy - 0.4 * r, cx + side * 0.4 * r + 0.12 * r, cy - 0.15 * r),
                fill=colour(),
            )
        pen.arc(
            (cx - 0.5 * r, cy - 0.1 * r, cx + 0.5 * r, cy + 0.6 * r), 20, 160, fill=colour(), width=int(0.06 * r) + 1
        )
    else:
        letters = np.array(list("abcdefghijklmnopqrstuvwxyz     0123456789"))
        if kind == "screenshot":
            pen.rectangle((0, 0, width, 28), fill=(50, 60, 90))
            pen.rectangle((0, 28, 90, height), fill=(230, 232, 238))
        size = rng.uniform(10, 16) if kind == "screenshot" else rng.uniform(10, 40)
        for y in range(36, height - 20, int(1.5 * size) + 2):
            line = "".join(rng.choice(letters, int(rng.uniform(10, 60))))
            pen.text(
                (100 if kind == "screenshot" else 8, y),
                line,
                fill=(30, 30, 30) if kind == "screenshot" else colour(),
                font_size=size,
            )
    return np.asarray(page)
