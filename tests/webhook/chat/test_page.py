"""The page of the web chat comes whole from this house."""

from __future__ import annotations

from tests.webhook.chat.browsing import Browser


async def test_the_page_comes_whole_from_here_and_is_kept_by_nobody(stranger: Browser) -> None:
    page = await stranger.http.get("/chat?t=RAHASIA")
    assert page.status_code == 200
    assert "{{" not in page.text
    assert "RAHASIA" not in page.text
    assert "Gratis. Kami tidak pernah meminta PIN" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-frame-options"] == "SAMEORIGIN"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "set-cookie" not in page.headers


async def test_all_parts_of_the_page_together_stay_small(stranger: Browser) -> None:
    page = (await stranger.http.get("/chat")).text
    parts = [part.partition('"')[0] for part in page.replace('src="', 'href="').split('href="')[1:]]
    assert len(parts) == 5
    size = len(page.encode())
    for part in parts:
        answer = await stranger.http.get(part)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert "://" not in answer.text.replace("http://www.w3.org", "")
        size += len(answer.content)
    assert size < 60_000


async def test_a_part_that_does_not_exist_is_not_found(stranger: Browser) -> None:
    for name in ("chat.html", "..%2fchat.py", "nothing.js"):
        assert (await stranger.http.get(f"/chat/static/{name}")).status_code == 404


async def test_the_page_can_say_who_runs_this(stranger: Browser) -> None:
    assert (await stranger.http.get("/chat/about")).json()["agency"] == "Dinas Tenaga Kerja Kabupaten Contoh"
