"""What a right reading of a bill says, task by task, in the words of `tests.support.said`."""

from __future__ import annotations

from tests.support.bills import Bill, bills
from tests.support.said import Said


def bill_of(number: int) -> Bill:
    """Return the bill on a page of a PDF made by `bills_pdf`."""
    return bills()[(number - 1) % len(bills())]


def document_said(bill: Bill) -> list[Said]:
    """Return what is read of it as a document."""
    first, *others = (line.text for line in bill.lines)
    return [
        ("heading", first),
        *(("paragraph", line) for line in others),
        ("table", table_of(bill)),
        ("formula", f"E=mc^{{{bill.number + 2}}}"),
    ]


def text_of(bill: Bill) -> list[str]:
    """Return the lines of its text."""
    return [*(line.text for line in bill.lines), *(" ".join(row) for row in table_of(bill))]


def table_of(bill: Bill) -> list[list[str]]:
    """Return the rows of its table."""
    return [[cell.text for cell in row] for row in bill.rows]


def translation_said(bill: Bill) -> list[Said]:
    """Return what its translation into English says."""
    return [
        ("paragraph", f"Invoice no. {bill.invoice}"),
        ("paragraph", f"Customer {bill.customer}"),
        ("paragraph", f"Total {bill.amount} EUR"),
        ("table", [["Item", "Price"], ["Paper", bill.amount]]),
    ]
