"""What lies under the vessels: fundus colour, choroid, macula, nerve fibres and the optic disc.

All pictures here are float32 (height, width, 3) in display values, 0 to 255.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy import ndimage

from .anatomy import Layout

AMBER, CRIMSON = np.array([190.0, 98.0, 18.0]), np.array([200.0, 66.0, 30.0])
"""Median fundus colours of two cameras between which a phantom's colour lies."""
_COARSE = 4


def smooth_noise(
    rng: np.random.Generator, layout: Layout, step: int, size_dd: float, stretch: float = 1.0
) -> np.ndarray:
    """Noise of unit deviation with features of `size_dd` disc diameters, at every `step`-th pixel; the same
    pattern at any picture size. `stretch` above 1 draws it out along the vertical."""
    xs, ys = layout.grid_dd(step)
    cells = rng.normal(size=(int(14 / size_dd / stretch) + 8, int(16 / size_dd) + 8)).astype(np.float32)
    rows = (ys[:, 0] + 6.5) / (size_dd * stretch) + 3
    cols = (xs[0] + 8) / size_dd + 3
    low = ndimage.map_coordinates(cells, np.meshgrid(rows, cols, indexing="ij"), order=3, mode="reflect")
    return np.asarray(low * 1.35, dtype=np.float32)


def enlarge(coarse: np.ndarray, layout: Layout, step: int) -> np.ndarray:
    """A map of every `step`-th pixel at full size, by linear interpolation."""
    rows = np.clip((np.arange(layout.height) + 0.5) / step - 0.5, 0, coarse.shape[0] - 1).astype(np.float32)
    cols = np.clip((np.arange(layout.width) + 0.5) / step - 0.5, 0, coarse.shape[1] - 1).astype(np.float32)
    r0, c0 = np.minimum(rows.astype(int), coarse.shape[0] - 2), np.minimum(cols.astype(int), coarse.shape[1] - 2)
    fr, fc = (rows - r0)[:, None], (cols - c0)[None, :]
    across = coarse[:, c0] * (1 - fc) + coarse[:, c0 + 1] * fc
    full: np.ndarray = across[r0] * (1 - fr) + across[r0 + 1] * fr
    return full.astype(np.float32)


def paint_fundus(rng: np.random.Generator, layout: Layout) -> np.ndarray:
    """Fundus without disc, vessels and lesions."""
    step = max(1, min(_COARSE, layout.width // 500))
    red = np.clip(rng.beta(1.2, 2.0), 0, 1)
    colour = ((1 - red) * AMBER + red * CRIMSON).astype(np.float32)
    xs, ys = layout.grid_dd(step)
    noise = partial(smooth_noise, rng, layout, step)
    # Shares of local contrast by scale as measured on real photographs between the vessels.
    mottle = 0.009 * noise(0.02) + 0.004 * noise(0.08) + 0.008 * noise(0.35)
    broad = 0.018 * noise(0.9) + 0.04 * noise(2.4)
    choroid = _choroid(rng, layout, step) * rng.uniform(0.1, 0.55)
    fx, fy = layout.fovea_dd
    from_fovea = np.hypot(xs - fx, ys - fy)
    lopsided = 1 + 0.12 * noise(0.5)
    macula = 0.6 * np.exp(-0.5 * (from_fovea * lopsided / 0.5) ** 2)
    macula += 0.36 * np.exp(-0.5 * (from_fovea / 0.2) ** 2)
    macula *= rng.uniform(0.9, 1.1)
    reflex = np.exp(-0.5 * (np.hypot(xs - fx - 0.03, ys - fy + 0.03) / 0.03) ** 2)
    from_disc = np.hypot(xs, ys)
    glow = np.exp(-((from_disc / 1.1) ** 2)) * (1 + 0.25 * noise(0.4))
    fibres = _fibres(rng, layout, step)
    out_of_field = np.hypot(
        (xs * layout.unit + layout.disc_x - layout.field_x), (ys * layout.unit + layout.disc_y - layout.field_y)
    ) / (layout.field_diameter / 2)
    tilt = rng.normal(0, 0.03, 2)
    light = 1.05 - 0.2 * np.clip(out_of_field, 0, 1.1) ** 3 + broad + tilt[0] * xs / 3 + tilt[1] * ys / 3
    planes = []
    for channel, (mottled, choroidal, dark, glowing, fibrous) in enumerate(
        ((0.45, 0.045, 0.2, 0.03, 0.008), (1.0, 0.13, 0.36, 0.16, 0.02), (0.8, 0.0, 0.35, 0.25, 0.02))
    ):
        plane = light + mottled * mottle * light + choroidal * choroid + glowing * glow + fibrous * fibres
        plane = plane * (1 - dark * macula) + 0.05 * reflex * (channel < 2)
        planes.append(enlarge(colour[channel] * plane, layout, step))
    return np.stack(planes, axis=-1)


def _choroid(rng: np.random.Generator, layout: Layout, step: int) -> np.ndarray:
    """Bright streaks of the choroid between its vessels, none under the macula."""
    xs, ys = layout.grid_dd(step)
    ridges = np.zeros(np.broadcast_shapes(xs.shape, ys.shape), dtype=np.float32)
    for size in (0.16, 0.24):
        field = smooth_noise(rng, layout, step, size, 1.9) + 0.6 * smooth_noise(rng, layout, step, 2.2 * size)
        ridges += np.exp(-((field / 0.45) ** 2)) - 0.35
    fx, fy = layout.fovea_dd
    away = np.clip(np.hypot(xs - fx, ys - fy) / 1.8 - 0.35, 0, 1)
    patchy = np.clip(0.5 + 0.5 * smooth_noise(rng, layout, step, 1.3), 0, 1.4)
    return np.asarray(ridges * away * patchy, dtype=np.float32)


def _fibres(rng: np.random.Generator, layout: Layout, step: int) -> np.ndarray:
    """Fine stripes of nerve fibres that fan out of the disc above and below."""
    xs, ys = layout.grid_dd(step)
    radius = np.hypot(xs, ys)
    angle = np.arctan2(ys, -xs) - np.sign(ys) * 0.22 * np.clip(radius - 0.5, 0, 3) * (xs < 0.6)
    profile = ndimage.gaussian_filter1d(rng.normal(size=1440), 1.6, mode="wrap") * 2.4
    at = (angle / (2 * np.pi) * 1440) % 1440
    stripes = np.interp(at, np.arange(1441), np.append(profile, profile[0]))
    shape = np.exp(-0.5 * ((radius - 1.0) / 0.5) ** 2) * np.clip(1.6 * np.abs(np.sin(np.arctan2(ys, -xs))), 0, 1)
    return np.asarray(stripes * shape, dtype=np.float32)


def paint_disc(rng: np.random.Generator, layout: Layout, picture: np.ndarray) -> np.ndarray:
    """Lay the optic disc with its rim and cup over the fundus, in place; returns the picture."""
    reach = int(0.9 * layout.unit)
    y0, y1 = max(0, int(layout.disc_y) - reach), min(layout.height, int(layout.disc_y) + reach)
    x0, x1 = max(0, int(layout.disc_x) - reach), min(layout.width, int(layout.disc_x) + reach)
    ys = (np.arange(y0, y1, dtype=np.float32) + 0.5)[:, None]
    xs = (np.arange(x0, x1, dtype=np.float32) + 0.5)[None, :]
    patch = picture[y0:y1, x0:x1]
    fundus = np.median(picture[y0:y1:4, x0:x1:4].reshape(-1, 3), axis=0)

    def inside(which: str, softness: float) -> np.ndarray:
        x, y, w, h = (getattr(layout, f"{which}_{part}") for part in ("x", "y", "width", "height"))
        r = np.hypot((xs - x) / (w / 2), (ys - y) / (h / 2))
        return np.asarray(1 / (1 + np.exp(np.clip((r - 1) / softness, -40, 40))), dtype=np.float32)

    full = smooth_noise(rng, layout, 1, 0.12)[y0:y1, x0:x1]
    temporal = (layout.disc_x - xs) / (layout.disc_width / 2)
    # Red beyond white: the disc saturates a sensor that is exposed for the fundus.
    rim = np.array([1.42 * fundus[0], 1.4 * fundus[1] + 20, 1.4 * fundus[2] + 12], dtype=np.float32)
    cup = np.array([1.65 * fundus[0], 1.7 * fundus[1] + 46, 1.7 * fundus[2] + 24], dtype=np.float32)
    tone = 1 + 0.018 * full + 0.03 * temporal
    halo = np.clip(inside("disc", 0.09) * 1.2, 0, 1) * 0.16
    patch += halo[..., None] * (rim - patch)
    edge = inside("disc", 0.04)
    patch += edge[..., None] * (rim * tone[..., None] - patch)
    crescent = np.clip(temporal, 0, 1) * (inside("disc", 0.05) - inside("disc", 0.16)) * 0.25
    patch *= (1 + crescent)[..., None]
    pallor = inside("cup", 0.11) * 0.9
    patch += pallor[..., None] * (cup * (1 + 0.012 * full[..., None]) - patch)
    return picture
