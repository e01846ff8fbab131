"""The screenshot among the samples: a made-up window, one pixel a point."""

from __future__ import annotations

from sample_press import Sheet, Style

SCREEN = (1000.0, 620.0)
TEXT = Style("helv", 13, 17, (0.13, 0.13, 0.15))
BOLD = Style("hebo", 13, 17, (0.13, 0.13, 0.15))
FAINT = Style("helv", 12, 16, (0.38, 0.39, 0.42))
WHITE = Style("hebo", 13, 17, (1, 1, 1))
EDGE = (0.78, 0.79, 0.81)

ROWS = [
    ["Box", "Variety", "Collected", "Grams", "Tested on", "Sprouting"],
    ["0007", "Bean, Blue Lake", "2021", "480", "11 Feb 2023", "92 %"],
    ["0012", "Carrot, Long Amber", "2022", "36", "11 Feb 2023", "71 %"],
    ["0013", "Kale, Winter Frill", "2020", "54", "18 Feb 2023", "64 %"],
    ["0021", "Leek, Grey Giant", "2022", "22", "18 Feb 2023", "83 %"],
    ["0034", "Pea, Early Lantern", "2022", "650", "25 Feb 2023", "95 %"],
    ["0035", "Pumpkin, Moonrise", "2019", "118", "25 Feb 2023", "48 %"],
    ["0048", "Tomato, Old Copper", "2021", "9", "4 Mar 2023", "88 %"],
]
WIDTHS = (70, 190, 90, 80, 120, 110)


def screen(sheet: Sheet) -> None:
    """Draw a window with a menu, a side list, a grid, fields and buttons."""
    sheet.fill(0, 0, 1000, 620, (0.96, 0.96, 0.965))
    sheet.fill(0, 0, 1000, 34, (0.20, 0.27, 0.36))
    sheet.paragraph("Seed Library – Spring list", 14, 8, 400, WHITE)
    sheet.fill(0, 34, 1000, 62, (1, 1, 1))
    x = 14.0
    menus = ["File", "Edit", "View", "Boxes", "Reports", "Help"]
    sheet.note("paragraph", " ".join(menus))
    for word in menus:
        sheet.lines(word, x, 40, 100, TEXT)
        x += TEXT.width(word) + 26
    sheet.rule(0, 62, 1000, 62, colour=EDGE)

    sheet.fill(0, 62, 200, 590, (0.925, 0.935, 0.95))
    y = 76.0
    y = sheet.paragraph("Collections", 16, y, 170, BOLD, kind="heading", level=2) + 6
    for index, word in enumerate(("All boxes (64)", "To be tested (9)", "Given away (17)", "Nearly empty (5)")):
        if index == 1:
            sheet.fill(8, y - 4, 192, y + 21, (0.76, 0.84, 0.94))
        y = sheet.paragraph(word, 22, y, 170, TEXT) + 9

    sheet.paragraph("Find", 220, 80, 60, TEXT)
    sheet.fill(262, 74, 560, 102, (1, 1, 1), edge=EDGE)
    sheet.paragraph("sprouting below 90 %", 272, 80, 270, FAINT)
    x = 580.0
    for label, strong in (("Search", True), ("Clear", False), ("Print labels…", False)):
        width = TEXT.width(label) + 34
        sheet.fill(x, 74, x + width, 102, (0.17, 0.42, 0.71) if strong else (1, 1, 1), edge=EDGE)
        sheet.paragraph(label, x + 15, 80, width, WHITE if strong else TEXT)
        x += width + 10

    top = 120.0
    for index, row in enumerate(ROWS):
        head = index == 0
        shade = (0.90, 0.91, 0.93) if head else (1, 1, 1) if index % 2 else (0.975, 0.98, 0.985)
        sheet.fill(220, top, 880, top + 30, shade)
        left = 220.0
        for column, (text, width) in enumerate(zip(row, WIDTHS, strict=True)):
            sheet.page.draw_rect((left, top, left + width, top + 30), color=EDGE, width=1)
            style = BOLD if head else TEXT
            room = width - 20
            shift = room - style.width(text) if column in {3, 5} else 0.0
            sheet.lines(text, left + 10 + shift, top + 6, room + 5, style)
            left += width
        top += 30
    sheet.tables.append({"rows": ROWS, "spans": [], "ruled": True})
    sheet.note("table", "\n".join("\t".join(row) for row in ROWS))

    sheet.paragraph("Remarks for box 0012", 220, 384, 300, BOLD, kind="heading", level=2)
    sheet.fill(220, 408, 880, 506, (1, 1, 1), edge=EDGE)
    remark = (
        "Slow to sprout in cold soil. Sow a second row two weeks after the first and thin out to four centimetres. "
        "Seeds from the plot by the river wall; the jar was opened once."
    )
    sheet.paragraph(remark, 232, 416, 630, TEXT)
    for place, label, strong in ((690.0, "Cancel", False), (786.0, "Save", True)):
        sheet.fill(place, 522, place + 86, 552, (0.17, 0.42, 0.71) if strong else (1, 1, 1), edge=EDGE)
        style = WHITE if strong else TEXT
        sheet.paragraph(label, place + (86 - style.width(label)) / 2, 529, 80, style)
    sheet.rule(0, 590, 1000, 590, colour=EDGE)
    sheet.paragraph("7 of 64 boxes shown · last saved 14:32", 14, 597, 500, FAINT)
