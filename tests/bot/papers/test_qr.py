"""The picture of a QR code: what a phone reads in it, in the one form that every messenger takes."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from bot.papers.links import first_of, lines_of, links_of
from bot.papers.qr import picture_of
from locales.texts import Texts
from models.referral.invitations import Doors

ALL = Doors("payung_uji_bot", "628115550100", "https://payung.example.go.id")


def read(picture: Image.Image, share: float) -> str:
    """What is read in the picture at this share of its size: the reader at hand fails on some that phones read."""
    smaller = picture.resize((round(picture.width * share), round(picture.height * share)))
    return str(cv2.QRCodeDetector().detectAndDecode(np.asarray(smaller))[0])


@pytest.mark.parametrize("doors", [ALL, Doors(telegram="payung_uji_bot"), Doors(web="https://payung.example.go.id")])
def test_a_phone_reads_the_link_and_the_picture_has_eight_bits_a_colour(doors: Doors, texts: Texts) -> None:
    link = first_of(links_of(doors, texts, "KX4P-72WQ"))
    picture = Image.open(io.BytesIO(picture_of(link)))
    picture.load()
    assert (picture.format, picture.mode) == ("PNG", "RGB")
    assert 240 <= picture.width == picture.height <= 640
    assert link in {read(picture, share) for share in (1, 0.8, 0.6)}


def test_the_lines_name_each_open_door_and_none_is_invented(texts: Texts) -> None:
    lines = lines_of(links_of(ALL, texts, "KX4P-72WQ"), texts).splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["Telegram", "WhatsApp", "Internet"]
    assert all("KX4P" in line for line in lines)
    closed = links_of(Doors(), texts, "KX4P-72WQ")
    assert (lines_of(closed, texts), first_of(closed)) == ("", "")
