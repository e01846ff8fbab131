"""A made-up page reading with one of everything, for the tests of the window."""

from __future__ import annotations

from engine.output.blocks import (
    AnyBlock,
    Box,
    Caption,
    Cell,
    Code,
    Figure,
    Formula,
    Heading,
    Line,
    ListItem,
    PageResult,
    PageWarning,
    Paragraph,
    Quad,
    Table,
    WarningCode,
)

ACCOUNT = "000123456789012345"
SCRIPT = '=HYPERLINK("http://example.invalid","x")'
MARKUP = '<img src="http://example.invalid/a.png"><b>CNY</b>'


class PageWriter:
    """Collects lines and blocks, each line below the last."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.blocks: list[AnyBlock] = []

    def line(self, text: str, score: float = 1.0) -> int:
        """Add a line and return its number."""
        number = len(self.lines)
        self.lines.append(Line(text, Quad.from_box(self.box(number)), score))
        return number

    def box(self, number: int = 0) -> Box:
        """Return where the line with this number stands."""
        return Box(50, 20 + 15 * number, 500, 32 + 15 * number)

    def page(self, number: int = 1, *warnings: WarningCode) -> PageResult:
        """Return what was collected."""
        told = tuple(PageWarning(code) for code in warnings)
        return PageResult(number, 595, 842, "pt", "cpu", tuple(self.blocks), tuple(self.lines), told)


def grid_page(rows: int, columns: int, number: int = 1) -> PageResult:
    """Return a page that is one table, its cells saying where they are."""
    cells = tuple(Cell(row, column, f"{row}:{column}") for row in range(rows) for column in range(columns))
    table = Table(Box(0, 0, 1, 1), (), rows, columns, cells, header_rows=1)
    return PageResult(number, 595, 842, "pt", "cpu", (table,))


def plain_page(number: int, *texts: str) -> PageResult:
    """Return a page of one paragraph a line."""
    page = PageWriter()
    for text in texts:
        page.blocks.append(Paragraph(page.box(len(page.lines)), (page.line(text),), text))
    return page.page(number)


HEADING, PARAGRAPH, ITEM, CHINESE, TABLE, ARABIC = 0, 1, 2, 4, 6, 7


def rich_page(number: int = 1) -> PageResult:
    """Return a page with one of everything; the blocks are named above."""
    page = PageWriter()
    box = page.box()
    page.blocks.append(Heading(box, (page.line("Lease 租赁合同"),), "Lease 租赁合同", 1))
    lines = (
        page.line("The rent is paid by the ten-"),
        page.line("ant on the 0ne of", 0.6),
        page.line("each month 🙂 now."),
    )
    page.blocks.append(Paragraph(box, lines, "The rent is paid by the tenant on the 0ne of each month 🙂 now."))
    page.blocks.append(ListItem(box, (page.line("(a) in writing"),), "in writing", "(a)", 0))
    page.blocks.append(ListItem(box, (page.line("(b) once"),), "once", "(b)", 0))
    page.blocks.append(Paragraph(box, (page.line("双方友好协"), page.line("商解决。")), "双方友好协商解决。"))
    page.blocks.append(Caption(box, (page.line("Table 1"),), "Table 1"))
    words = [
        (0, 0, "Item", 1, 1), (0, 1, "Account", 1, 1), (0, 2, "Amount", 1, 2),
        (1, 0, "Rent", 2, 1), (1, 1, ACCOUNT, 1, 1), (1, 2, "1,250.00", 1, 1), (1, 3, "CNY", 1, 1),
        (2, 1, "1-2", 1, 1), (2, 2, "80.50", 1, 1),
        (3, 0, "two\nlines", 1, 1), (3, 1, SCRIPT, 1, 1), (3, 2, "-5", 1, 1), (3, 3, MARKUP, 1, 1),
    ]  # fmt: skip
    cells = tuple(Cell(r, c, text, rs, cs, None, (page.line(text.replace("\n", " ")),)) for r, c, text, rs, cs in words)
    numbers = tuple(number for cell in cells for number in cell.lines)
    page.blocks.append(Table(box, numbers, 4, 4, cells, header_rows=1, ruled=True))
    page.blocks.append(Paragraph(box, (page.line("هذا النص من اليمين"),), "هذا النص من اليمين", rtl=True))
    page.blocks.append(Figure(box, (page.line("STAMP"),), "STAMP"))
    page.blocks.append(Formula(box, (), "E = mc^2"))
    page.blocks.append(Code(box, (), "def f(x):\n    return x\n"))
    return page.page(number, WarningCode.DOUBTFUL_LINES, WarningCode.TURNED)
