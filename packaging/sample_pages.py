"""Each page of the sample documents, drawn on a sheet of the small typesetter."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import sample_texts as texts
from sample_press import GREY, INK, SOFT_HYPHEN, Grid, Sheet, Style, set_grid

GREEN = (0.16, 0.36, 0.27)
BLUE = (0.13, 0.27, 0.47)
BODY = Style("tiro", 10.3, 13.3, align="justify")
SECTION = Style("hebo", 10.8, 15.0, GREEN)
SMALL = Style("helv", 7.6, 10.0, GREY)


def article_first(sheet: Sheet, picture: Path) -> None:
    """Title, abstract across, two columns, a list, a figure, a footnote."""
    left, right, width, gutter = 54.0, 541.0, 232.0, 23.0
    sheet.fill(left, 40, left + 26, 43, GREEN)
    sheet.paragraph(texts.JOURNAL, left, 47, right - left, SMALL)
    y = sheet.paragraph(texts.TITLE, left, 74, 440, Style("tibo", 22, 26), kind="heading", level=1)
    y = sheet.paragraph(texts.AUTHORS, left, y + 7, right - left, Style("tiit", 11.5, 15))
    y = sheet.paragraph(texts.AFFILIATION, left, y, right - left, Style("helv", 8.2, 12, GREY))
    top = y + 10
    sheet.note("heading", "Abstract", level=2)
    box_bottom = top + 101
    sheet.fill(left, top, right, box_bottom, (0.945, 0.96, 0.945))
    sheet.lines("Abstract", left + 12, top + 9, 100, Style("hebo", 9.2, 12, GREEN))
    sheet.paragraph(texts.ABSTRACT, left + 12, top + 24, right - left - 24, replace(BODY, size=9.9, leading=13.2))
    y = box_bottom + 16
    _column(sheet, texts.ARTICLE_1_LEFT, left, y, width, picture)
    sheet_bottom = 776.0
    _column(sheet, texts.ARTICLE_1_RIGHT, left + width + gutter, y, width, picture)
    sheet.rule(left + width + gutter, sheet_bottom, left + width + gutter + 70, sheet_bottom, width=0.5, colour=GREY)
    sheet.paragraph(texts.FOOTNOTE, left + width + gutter, sheet_bottom + 3, width, Style("tiro", 8, 9.8))
    sheet.paragraph("112", left, 806, right - left, replace(SMALL, align="right"))


def article_second(sheet: Sheet, picture: Path) -> None:
    """Two columns to the end of the article, with numbered pieces of advice and sources."""
    left, right, width, gutter = 54.0, 541.0, 232.0, 23.0
    sheet.fill(left, 40, left + 26, 43, GREEN)
    sheet.paragraph(texts.JOURNAL, left, 47, right - left, SMALL)
    _column(sheet, texts.ARTICLE_2_LEFT, left, 74, width, picture)
    _column(sheet, texts.ARTICLE_2_RIGHT, left + width + gutter, 74, width, picture)
    sheet.paragraph("113", left, 806, right - left, replace(SMALL, align="right"))


SOFT_WORDS = {word.replace("-", ""): word.replace("-", SOFT_HYPHEN) for word in texts.BREAKS.split()}


def soften(text: str) -> str:
    """Mark where the words of `text` may be broken."""
    return re.sub(r"[A-Za-z]+", lambda match: SOFT_WORDS.get(match[0], match[0]), text)


def _column(sheet: Sheet, pieces: list[tuple[str, str]], x: float, y: float, width: float, picture: Path) -> float:
    number = 0
    previous = ""
    for kind, plain in pieces:
        text = soften(plain) if kind in {"paragraph", "indented"} else plain
        listed = kind in {"item", "numbered"}
        if listed and previous != kind:
            y += 3
        if not listed and previous in {"item", "numbered"}:
            y += 4
        if kind == "heading":
            y = sheet.paragraph(text, x, y + (8 if previous else 0), width, SECTION, kind="heading", level=2) + 1.5
        elif kind == "paragraph":
            y = sheet.paragraph(text, x, y, width, BODY)
        elif kind == "indented":
            y = sheet.paragraph(text, x, y, width, replace(BODY, indent=11))
        elif kind == "item":
            y = sheet.item("•", text, x, y, width, replace(BODY, align="left")) + 1
        elif kind == "numbered":
            number += 1
            y = sheet.item(f"{number}.", text, x, y, width, replace(BODY, align="left")) + 1
        elif kind == "source":
            y = sheet.paragraph(text, x, y, width, Style("tiro", 8.8, 11.2)) + 3
        elif kind == "figure":
            sheet.picture(picture, x, y, x + width, y + width * 0.6)
            y += width * 0.6 + 5
            y = sheet.paragraph(text, x, y, width, Style("helv", 8, 10.4, GREY), kind="caption") + 9
        previous = kind
    return y


def letter(sheet: Sheet) -> None:
    """A letter of one page in a single column."""
    body = Style("tiro", 11.2, 14.6)
    y = sheet.paragraph(texts.LETTER_HEAD[0], 71, 52, 453, Style("tibo", 17, 21), kind="heading", level=1)
    for line in texts.LETTER_HEAD[1:]:
        y = sheet.paragraph(line, 71, y, 453, Style("tiro", 9.5, 12.5))
    sheet.rule(71, y + 7, 524, y + 7, width=0.8)
    y += 26
    for line in texts.LETTER_TO:
        y = sheet.paragraph(line, 71, y, 300, body)
    y = sheet.paragraph(texts.LETTER_DATE, 71, y + 6, 453, replace(body, align="right")) + 12
    y = sheet.paragraph(texts.LETTER_SUBJECT, 71, y, 453, replace(body, font="tibo"), kind="heading", level=2) + 9
    for index, text in enumerate(texts.LETTER_BODY):
        gap = 30 if text == "Yours sincerely," else 0 if index == len(texts.LETTER_BODY) - 2 else 7.5
        y = sheet.paragraph(text, 71, y, 453, body) + gap


def minutes(sheet: Sheet) -> None:
    """Minutes of a meeting, with numbered headings."""
    body = Style("tiro", 12, 16.5)
    y = sheet.paragraph(texts.MINUTES_TITLE, 74, 78, 447, Style("hebo", 19, 25), kind="heading", level=1) + 8
    y = sheet.paragraph(texts.MINUTES_INTRO, 74, y, 447, replace(body, font="tiit")) + 14
    for title, text in texts.MINUTES:
        y = sheet.paragraph(title, 74, y, 447, Style("hebo", 12.5, 18), kind="heading", level=2) + 1
        y = sheet.paragraph(text, 74, y, 447, body) + 13
    sheet.rule(74, y + 4, 200, y + 4, width=0.6)
    sheet.paragraph(texts.MINUTES_END, 74, y + 14, 447, body)


def recipe(sheet: Sheet) -> None:
    """A recipe: a list and three paragraphs."""
    body = Style("tiro", 12.5, 17.5)
    y = sheet.paragraph(texts.RECIPE_TITLE, 80, 90, 435, Style("tibo", 22, 28), kind="heading", level=1) + 6
    y = sheet.paragraph(texts.RECIPE_INTRO, 80, y, 435, replace(body, font="tiit")) + 16
    for text in texts.RECIPE_ITEMS:
        y = sheet.item("•", text, 80, y, 435, body) + 3
    y += 14
    for text in texts.RECIPE_BODY:
        y = sheet.paragraph(text, 80, y, 435, body) + 12


def invoice(sheet: Sheet) -> None:
    """An invoice: a ruled table with merged cells, two tables without rules."""
    plain, small = Style("helv", 9.2, 12), Style("helv", 8, 10.5, GREY)
    y = sheet.paragraph("Brightmeadow Paper Mill", 56, 44, 300, Style("hebo", 17, 21, BLUE), kind="heading", level=1)
    sheet.paragraph("Millrace 3 · 40210 Otterford · Telephone 0555 010 377", 56, y + 1, 483, small)
    sheet.rule(56, y + 16, 539, y + 16, width=1.2, colour=BLUE)
    y += 34
    for line in ("Juniper & Wren Bookbinders", "Attn. Mr Caleb Ostrander", "18 Candle Yard", "40233 Otterford"):
        y = sheet.paragraph(line, 56, y, 240, plain)
    y = sheet.paragraph("Invoice 000417", 56, y + 20, 300, Style("hebo", 14, 18), kind="heading", level=2) + 4
    meta = "Date: 22 March 2023. Customer number: 00093012. Your order: 0070-5518 of 2 March 2023."
    y = sheet.paragraph(meta, 56, y, 483, plain) + 10

    goods = [
        ("1", "004719830026154879", "Laid paper, cream, 90 g, 70 × 100 cm", "40", "40", 18_50),
        ("2", "004719830026154886", "Laid paper, grey, 90 g, 70 × 100 cm", "25", "20", 18_50),
        ("3", "004719830031770012", "Marbled endpaper, blue, sheet", "60", "60", 4_25),
        ("", "004719830031770029", "Marbled endpaper, red, sheet", "60", "55", 4_25),
        ("4", "000000120045110938", "Bookbinder’s linen, roll of 10 m", "3", "3", 62_00),
        ("5", "000000120045111201", "Wheat paste, bucket of 5 kg", "2", "2", 17_90),
        ("6", "009900000000000001", "Delivery by van", "1", "1", 12_00),
    ]
    rows = [
        ["Pos.", "Article number", "Description", "Quantity", "", "Price in EUR", ""],
        ["", "", "", "Ordered", "Sent", "Each", "Total"],
    ]
    net = 0
    for position, number, words, ordered, sent, price in goods:
        total = int(sent) * price
        net += total
        rows.append([position, number, words, ordered, sent, money(price), money(total)])
    rows.append(["Two articles follow in April without further delivery costs.", "", "", "", "", "", ""])
    spans = [(0, 0, 2, 1), (0, 1, 2, 1), (0, 2, 2, 1), (0, 3, 1, 2), (0, 5, 1, 2), (4, 0, 2, 1), (9, 0, 1, 7)]
    grid = Grid(
        widths=(32, 101, 166, 48, 36, 46, 54),
        rows=rows,
        spans=spans,
        aligns=("left", "left", "left", "right", "right", "right", "right"),
        header_rows=2,
    )
    cell = Style("helv", 8.8, 11.4)
    y = set_grid(sheet, grid, 56, y, cell, replace(cell, font="hebo")) + 16

    tax = round(net * 0.07)
    totals = [["Net amount", money(net)], ["Tax, 7 %", money(tax)], ["Total due in EUR", money(net + tax)]]
    bare = Grid(widths=(150, 90), rows=totals, aligns=("left", "right"), header_rows=0, ruled=False, pad=3)
    y = set_grid(sheet, bare, 299, y, Style("helv", 9.6, 12.5), plain) + 18

    y = sheet.paragraph("Payment", 56, y, 300, Style("hebo", 11, 15), kind="heading", level=3)
    y = sheet.paragraph("Please pay in three parts, as agreed:", 56, y, 483, plain) + 5
    third = (net + tax) // 3
    parts = [
        ["Part", "Due on", "Reference", "Amount in EUR"],
        ["First", "6 April 2023", "000417-01", money(third)],
        ["Second", "4 May 2023", "000417-02", money(third)],
        ["Third", "1 June 2023", "000417-03", money(net + tax - 2 * third)],
    ]
    payment = Grid(widths=(80, 120, 120, 100), rows=parts, aligns=("left", "left", "left", "right"), ruled=False, pad=3)
    y = set_grid(sheet, payment, 56, y, plain, replace(plain, font="hebo")) + 20
    thanks = "Paper is sold by weight and counted by hand. If a sheet is missing, tell us within fourteen days."
    sheet.paragraph(thanks, 56, y, 483, plain)
    sheet.rule(56, 786, 539, 786, width=0.5, colour=GREY)
    sheet.paragraph("Account 0012 3400 5678 9012 · Otter Savings Bank · Tax number 05 418 00277", 56, 791, 483, small)


def money(cents: int) -> str:
    """Return an amount as it stands on an invoice, 1,234.50."""
    return f"{cents // 100:,}.{cents % 100:02}"


def contract(sheet: Sheet) -> None:
    """A Chinese contract of one page."""
    body = Style("cjk", 10.5, 17.2, align="justify", indent=21)
    flush = replace(body, indent=0, align="left")
    title = Style("cjk", 20, 28, heavy=True, align="centre")
    y = sheet.paragraph(texts.CONTRACT_TITLE, 72, 54, 451, title, kind="heading", level=1) + 4
    y = sheet.paragraph(texts.CONTRACT_NUMBER, 72, y, 451, replace(flush, align="right")) + 3
    for line in texts.CONTRACT_PARTIES:
        y = sheet.paragraph(line, 72, y, 451, flush)
    y = sheet.paragraph(texts.CONTRACT_INTRO, 72, y + 3, 451, body) + 4
    article = Style("cjk", 11.5, 20, heavy=True)
    for index, (heading, paragraphs) in enumerate(texts.CONTRACT):
        y = sheet.paragraph(heading, 72, y + 2, 451, article, kind="heading", level=2)
        for text in paragraphs:
            y = sheet.paragraph(text, 72, y, 451, body)
        if index == 0:
            grid = Grid(
                widths=(44, 130, 110, 70, 97),
                rows=texts.CONTRACT_TABLE,
                aligns=("centre", "left", "left", "right", "right"),
                pad=4.5,
            )
            cell = Style("cjk", 10, 14)
            y = set_grid(sheet, grid, 72, y + 4, cell, replace(cell, heavy=True)) + 6
    for column, party in enumerate(texts.CONTRACT_SIGNATURES):
        for row, text in enumerate(party):
            sheet.paragraph(text, 72 + 240 * column, y + 10 + 21 * row, 230, flush)
    sheet.paragraph("1", 72, 800, 451, replace(flush, size=9, align="centre"))


def tables(sheet: Sheet) -> None:
    """A report page that lives of its tables: ruled with merged cells, three rules only, and ruled without a header."""
    body, cell = replace(BODY, size=10.4, leading=13.8), Style("helv", 8.8, 11.6)
    bold = replace(cell, font="hebo")
    note = Style("helv", 8.2, 11, GREY)
    y = sheet.paragraph(
        "The Lake at Ferndale, Season 2023", 60, 56, 475, Style("tibo", 20, 26), kind="heading", level=1
    )
    intro = (
        "The bathing place was open on 118 days, nine more than in the year before. The three tables give the "
        "visitors, the water and the things that were found and not yet fetched."
    )
    y = sheet.paragraph(intro, 60, y + 4, 475, body) + 12
    y = sheet.paragraph("Table 1. Visitors by month and ticket", 60, y, 475, note, kind="caption") + 4
    visitors = Grid(
        widths=(75, 66, 66, 66, 66, 136),
        rows=[
            ["Month", "Day ticket", "", "Season ticket", "", "Remarks"],
            ["", "Adults", "Children", "Adults", "Children", ""],
            ["May", "412", "198", "1,036", "577", "Cold until the 20th"],
            ["June", "1,874", "1,120", "2,491", "1,806", "New jetty opened"],
            ["July", "3,655", "2,987", "3,102", "2,640", "Warmest since 2006"],
            ["August", "3,018", "2,544", "2,877", "2,391", ""],
            ["September", "640", "215", "1,208", "489", "Closed on the 17th"],
            ["Total", "9,599", "7,064", "10,714", "7,903", "35,280 visitors in all"],
        ],
        spans=[(0, 0, 2, 1), (0, 1, 1, 2), (0, 3, 1, 2), (0, 5, 2, 1)],
        aligns=("left", "right", "right", "right", "right", "left"),
        header_rows=2,
    )
    y = set_grid(sheet, visitors, 60, y, cell, bold) + 20
    y = sheet.paragraph("Table 2. Water at the jetty", 60, y, 475, note, kind="caption") + 4
    water = Grid(
        widths=(120, 90, 90, 90),
        rows=[
            ["Measured on", "Temperature", "Depth of sight", "Oxygen"],
            ["15 May", "14.2 °C", "3.1 m", "10.4 mg/l"],
            ["15 June", "19.8 °C", "2.7 m", "9.1 mg/l"],
            ["15 July", "23.6 °C", "2.2 m", "8.3 mg/l"],
            ["15 August", "22.9 °C", "1.9 m", "8.0 mg/l"],
            ["15 September", "18.1 °C", "2.6 m", "9.0 mg/l"],
        ],
        aligns=("left", "right", "right", "right"),
        ruled=False,
        booktabs=True,
    )
    y = set_grid(sheet, water, 60, y, cell, bold) + 14
    between = (
        "The depth of sight is the depth at which a white disc of twenty centimetres can just be seen from the jetty "
        "at noon. It was measured by the same person throughout."
    )
    y = sheet.paragraph(between, 60, y, 475, body) + 12
    y = sheet.paragraph("Table 3. Found and not yet fetched", 60, y, 475, note, kind="caption") + 4
    found = Grid(
        widths=(70, 230, 175),
        rows=[
            ["Number", "What", "Where and when"],
            ["0031", "Child’s sandal, left, yellow", "Meadow, 2 June"],
            ["0044", "Umbrella with a wooden handle and the initials H. K.", "Changing hut, 11 July"],
            ["0052", "Paperback, “The Tide Tables”, swollen by water to twice its size", "Under the jetty, 30 July"],
            ["0060", "Three towels, one striped", "Fence by the car park, 19 August"],
        ],
        aligns=("left", "left", "left"),
    )
    y = set_grid(sheet, found, 60, y, cell, bold) + 14
    closing = "All things can be fetched from the ticket window on Tuesdays and Fridays between 16:00 and 18:00."
    sheet.paragraph(closing, 60, y, 475, body)
    sheet.paragraph("5", 60, 806, 475, replace(SMALL, align="right", colour=INK))
