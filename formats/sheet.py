"""An A4 sheet of the printed report: its fonts, colours and the few things that are drawn on it."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace
from numpy.typing import NDArray
from PIL import Image

from ..errors import BadSetting
from .overlays import JPEG_QUALITY

INK, SOFT, LINE = (23, 34, 43), (90, 104, 115), (217, 223, 227)
ACCENT, ACCENT_SOFT = (15, 92, 122), (228, 240, 244)
WARN, WARN_SOFT = (138, 75, 0), (253, 241, 224)
MARGIN, GAP = 16.0, 3.0
"""Of the page and between blocks, mm."""
_FAMILY = "DejaVu"
_MISSING = "\N{WHITE SQUARE}"


class Sheet(FPDF):
    """Pages with a running head and foot. Lengths in mm, sizes of type in points; links are to named places."""

    def __init__(self, head: str, foot: str) -> None:
        super().__init__(format="A4")
        self._head, self._foot = head, foot
        self._places: dict[str, int] = {}
        folder = _font_folder()
        for style, name in (("", "DejaVuSans"), ("B", "DejaVuSans-Bold"), ("I", "DejaVuSans-Oblique")):
            self.add_font(_FAMILY, style, folder / f"{name}.ttf")
        self.set_margins(MARGIN, MARGIN + 2)
        self.c_margin = 0
        self.set_auto_page_break(True, MARGIN + 6)
        self.set_lang("en")
        self.add_page()

    def header(self) -> None:
        """The running head, on every page but the first."""
        if self.page_no() == 1:
            return
        self.set_y(9)
        self.face(7, SOFT)
        self.cell(0, 4, self.plain(self._head), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._rule(14)
        self.set_y(MARGIN + 2)

    def footer(self) -> None:
        """The disclaimer and the page's number, on every page."""
        self._rule(self.h - MARGIN - 1)
        self.set_y(-MARGIN + 0.5)
        self.face(7, SOFT)
        self.cell(self.epw - 20, 4, self.plain(self._foot))
        self.cell(20, 4, f"{self.page_no()} / {{nb}}", align=Align.R)

    def face(self, size: float, colour: tuple[int, int, int] = INK, style: str = "") -> None:
        """Choose size, colour and style ("", "B", "I")."""
        self.set_font(_FAMILY, style, size)
        self.set_text_color(*colour)

    def plain(self, text: str) -> str:
        """Text without control characters; characters that the font lacks become white squares."""
        glyphs = self.fonts[_FAMILY.lower()].cmap  # type: ignore[union-attr]
        kept = (c for c in text if c == "\n" or not unicodedata.category(c).startswith("C"))
        return "".join(c if ord(c) in glyphs or c == "\n" else _MISSING for c in kept)

    def place(self, name: str) -> int:
        """The link to a named place, which may come later."""
        return self._places.setdefault(name, self.add_link())

    def here(self, name: str) -> None:
        """Name this place."""
        self.set_link(self.place(name), y=self.get_y(), page=self.page)

    def room(self, height: float) -> None:
        """Begin a new page unless this much is left of this one."""
        if self.will_page_break(height):
            self.add_page()

    def heading(self, text: str, size: float = 11.5, keep: float = 26) -> None:
        """A heading that stays with at least `keep` mm of what follows."""
        self.room(keep)
        self.ln(GAP if self.get_y() > MARGIN + 4 else 0)
        self.face(size, INK if size < 12 else ACCENT, "B")
        self.multi_cell(0, size * 0.45, self.plain(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1.2)

    def sentence(self, text: str, evidence: Sequence[str] = (), *, size: float = 8.6, aside: bool = False) -> None:
        """A sentence behind a bullet, or soft and further in as an aside, with links to its evidence behind it."""
        left, height = self.l_margin, size * 0.5
        self.room(2 * height)
        self.face(size, SOFT if aside else INK)
        if not aside:
            self.set_fill_color(*ACCENT)
            self.circle(left + 1.4, self.get_y() + height / 2, 0.55, style="F")
        self.set_left_margin(left + (9 if aside else 4))
        self.set_x(self.l_margin)
        self.write(height, self.plain(text))
        self.face(size - 1.4, ACCENT)
        for number, name in enumerate(evidence):
            if self.get_x() + self.get_string_width(f", {name}") + 2 > self.w - self.r_margin:
                self.ln(height)
            else:
                self.write(height, "  " if number == 0 else ", ")
            self.write(height, name, link=self.place(name))
        self.set_left_margin(left)
        self.ln(height + (0.2 if aside else 0.8))

    def note(self, text: str, size: float = 7.6) -> None:
        """A line of small, soft print."""
        self.face(size, SOFT)
        self.multi_cell(0, size * 0.47, self.plain(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align=Align.L)

    def fact(self, label: str, value: str, width: float = 34) -> None:
        """A label, `width` mm wide, and its value on one line."""
        self.face(8.6, SOFT)
        self.cell(width, 4.8, self.plain(label))
        self.face(8.6)
        self.multi_cell(0, 4.8, self.plain(value), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align=Align.L)

    def warning(self, title: str, lines: Sequence[str]) -> None:
        """A tinted panel with a title and lines."""
        self.face(8.4)
        wrapped = sum(len(self._wrapped(line, self.epw - 8)) for line in lines)
        height = 8.5 + 4.2 * wrapped
        self.room(min(height, 200))
        self.ln(1)
        top = self.get_y()
        self.set_fill_color(*WARN_SOFT)
        self.rect(self.l_margin, top, self.epw, height, style="F", round_corners=True, corner_radius=1.5)
        self.set_xy(self.l_margin + 4, top + 2)
        self.face(8.6, WARN, "B")
        self.cell(0, 4.2, self.plain(title))
        self.set_y(top + 6.6)
        self.face(8.4)
        for line in lines:
            self.set_x(self.l_margin + 4)
            self.multi_cell(self.epw - 8, 4.2, self.plain(line), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align=Align.L)
        self.set_y(top + height + 1.5)

    def rows(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], *, size: float = 7.6
    ) -> None:
        """A table with a rule under each row; the first column left, the others right unless wide."""
        aligns = [Align.L if n == 0 or width > 0.3 else Align.R for n, width in enumerate(widths)]
        self.room(size * 0.7 * min(len(rows) + 1, 6))
        self.face(size)
        self.set_draw_color(*LINE)
        self.set_fill_color(255, 255, 255)
        self.set_line_width(0.15)
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=tuple(widths),
            first_row_as_headings=True,
            headings_style=FontFace(emphasis="", color=SOFT),
            line_height=size * 0.48,
            padding=(0.7, 1),
            text_align=tuple(aligns),
            width=self.epw,
            align=Align.L,
        ) as table:
            for row in [heads, *rows]:
                table.row([self.plain(cell) for cell in row])
        self.ln(1)

    def picture(self, pixels: NDArray[np.uint8], x: float, y: float, width: float, height: float) -> None:
        """RGB pixels fitted into a box on black."""
        self.set_fill_color(0, 0, 0)
        self.rect(x, y, width, height, style="F")
        jpeg = io.BytesIO()
        Image.fromarray(pixels).save(jpeg, "JPEG", quality=JPEG_QUALITY, subsampling=0)
        self.image(jpeg, x, y, width, height, keep_aspect_ratio=True)

    def _wrapped(self, text: str, width: float) -> list[str]:
        lines: Any = self.multi_cell(width, 1, self.plain(text), dry_run=True, output=MethodReturnValue.LINES)
        return list(lines)

    def _rule(self, y: float) -> None:
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        self.line(self.l_margin, y, self.w - self.r_margin, y)


def _font_folder() -> Path:
    """The DejaVu fonts that come with matplotlib. Raises BadSetting when they are gone."""
    found = find_spec("matplotlib")
    folder = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" if found and found.origin else Path()
    if not (folder / "DejaVuSans.ttf").exists():
        raise BadSetting("pdf needs the DejaVu fonts of matplotlib: pip install matplotlib")
    return folder
