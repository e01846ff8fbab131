"""What a person enters becomes one form of address, or is refused with words that repeat no password."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.engine_errors import RemoteError
from engine.server.address import Address, is_loopback, parse_address

schemes = st.sampled_from(["http://", "https://", "HTTPS://", "ftp://", "//", ""])
hosts = st.sampled_from(["reader.house", "münchen.example", "127.0.0.1", "[::1]", "localhost", "xn--", "-", "[", ""])
pieces = st.sampled_from(["/", "/v1", "v1", ":", "@", "]", ".", "..", "%", "%2f", "?", "#", "\\", " ", "8000", "é"])
paths = st.lists(pieces | st.text(max_size=3), max_size=6).map("".join)


@pytest.mark.parametrize(
    ("entered", "url"),
    [
        ("https://reader.house", "https://reader.house"),
        ("reader.house", "https://reader.house"),
        ("reader.house:8443", "https://reader.house:8443"),
        ("  https://Reader.House/  \n", "https://reader.house"),
        ("HTTPS://reader.house:443/v1/", "https://reader.house"),
        ("http://reader.house:80", "http://reader.house"),
        ("http://reader.house:443", "http://reader.house:443"),
        ("https://reader.house/ocr/v1", "https://reader.house/ocr"),
        ("https://reader.house/v1/v1//", "https://reader.house"),
        ("https://reader.house/v1beta", "https://reader.house/v1beta"),
        ("https://reader.house//ocr//", "https://reader.house//ocr"),
        ("https://reader.house/文档", "https://reader.house/%E6%96%87%E6%A1%A3"),
        ("https://reader.house.", "https://reader.house"),
        ("https://10.1.2.3:8000", "https://10.1.2.3:8000"),
        ("https://[fd00::1]:8000/v1", "https://[fd00::1]:8000"),
        ("https://[FD00:0:0::1]", "https://[fd00::1]"),
        ("https://ocr_server.house", "https://ocr_server.house"),
    ],
)
def test_an_address_has_one_form(entered: str, url: str) -> None:
    address = parse_address(entered)

    assert address.url == url
    assert address.encrypted is url.startswith("https")
    assert address.shown == address.host


def test_an_international_name_is_shown_with_its_ascii_form() -> None:
    assert parse_address("https://München.example/v1") == Address(
        "https://xn--mnchen-3ya.example",
        "xn--mnchen-3ya.example",
        "münchen.example (xn--mnchen-3ya.example)",
        encrypted=True,
    )
    cyrillic = parse_address("https://r\u0435ader.house")  # looks like reader.house
    assert "xn--" in cyrillic.shown


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ("", "no address"),
        ("   ", "no address"),
        ("https://", "no name"),
        ("https:///v1", "no name"),
        ("ftp://reader.house", "https://"),
        ("file:///etc/passwd", "https://"),
        ("javascript://x", "https://"),
        ("https://reader.house:99999", "no address"),
        ("https://reader.house:port", "no address"),
        ("https://[::1", "no address"),
        ("https://[fe80::1%eth0]", "no name"),
        ("https://rea der.house", "characters"),
        ("https://reader.house\r\nHost: evil", "characters"),
        ("https://reader\x00.house", "characters"),
        ("https://reader\u202e.house", "characters"),
        ("https://reader.house\\@evil.example", "characters"),
        ("https://" + "x" * 3000, "characters"),
        ("https://" + "x." * 200 + "house", "no name"),
        ("https://reader..house", "no name"),
        ("https://-", "no name"),
        ("https://reader.house/?key=1", "ends before"),
        ("https://reader.house/#v1", "ends before"),
        ("https://reader.house?", "ends before"),
        ("https://☃.house", "no name"),
        ("https://reader.house℀.example", "no address"),
    ],
)
def test_what_is_no_address_is_refused_with_words(entered: str, words: str) -> None:
    with pytest.raises(RemoteError) as caught:
        parse_address(entered)

    assert words in caught.value.detail
    assert caught.value.subject.isprintable()


@pytest.mark.parametrize(
    "entered",
    [
        "https://me:geheim@reader.house",
        "https://geheim@reader.house",
        "me:geheim@reader.house",
        "https://me:geheim@reader.house:99999",
        "ftp://me:geheim@reader.house",
        "https://me:geheim@[::1",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(entered: str) -> None:
    with pytest.raises(RemoteError) as caught:
        parse_address(entered)

    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)
    assert parse_address(f"http://{f'[{host}]' if ':' in host else host}:8000").on_this_machine


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "10.0.0.1", "localhost.example", "mylocalhost", "127.0.0.1.example", "::", "::ffff:10.0.0.1", "127.1"],
)
def test_beyond_this_machine(host: str) -> None:
    assert not is_loopback(host)


@given(st.text() | st.tuples(schemes, hosts, paths).map("".join))
def test_whatever_is_entered_is_an_address_that_stays_the_same_or_refused(entered: str) -> None:
    try:
        address = parse_address(entered)
    except RemoteError:
        return

    assert address.url.isascii() and address.url.isprintable()
    _, _, place, *path = address.url.split("/")
    assert "@" not in place
    assert not path or path[-1] not in ("", "v1")
    again = parse_address(address.url)
    assert (again.url, again.host, again.encrypted) == (address.url, address.host, address.encrypted)
