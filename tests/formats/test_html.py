"""The HTML report: self-contained, complete, and every text in it data."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from fundoscope.formats.html import render_html
from fundoscope.records import Claim, ClaimKind, ClaimStatus, Eye
from fundoscope.records.report import DISCLAIMER, Planning, ReportStatus, SentPicture

NASTY = "<script>alert(1)</script><img src=https://example.org/x.png onerror=alert(2)>"


class Page(HTMLParser):
    """Collects what the tests look at."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += f"{data} "

    def every(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def ids(self):
        return [attrs["id"] for _tag, attrs in self.tags if attrs.get("id")]


def rendered(sample) -> str:
    return render_html(sample.report, sample.store, sample.photographs)


@pytest.fixture(scope="module")
def html(two_eyes):
    return rendered(two_eyes)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_nothing_is_loaded_from_elsewhere_and_no_script_runs(html, page):
    assert not page.every("script") + page.every("link") + page.every("iframe") + page.every("object")
    policies = [meta["content"] for meta in page.every("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    ]
    assert all(image["src"].startswith("data:image/") for image in page.every("img"))
    style = re.search(r"<style>(.*?)</style>", html, re.S).group(1)
    assert "url(" not in style
    assert "@import" not in style
    assert not [name for _tag, attrs in page.tags for name in attrs if name.startswith("on")]


def test_both_eyes_show_their_photograph_with_a_switch_for_every_layer(page):
    switches = {attrs["id"] for attrs in page.every("input") if not attrs["id"].startswith("open-")}
    layers = {"heatmap", "vessels", "disc", "cup", "SE", "EX", "HE", "MA", "landmarks", "zoom"}
    assert switches == {f"{eye}-1-{layer}" for eye in ("right", "left") for layer in layers}
    assert {label["for"] for label in page.every("label")} >= switches
    assert len([image for image in page.every("img") if "layer" in image["class"]]) == 16
    assert len([image for image in page.every("img") if image["class"] == "base"]) == 2


def test_every_claim_links_to_evidence_that_stands_on_the_page(two_eyes, page):
    targets = [a["href"][1:] for a in page.every("a") if a["href"].startswith("#")]
    assert set(targets) <= set(page.ids)
    assert len(set(page.ids)) == len(page.ids)
    assert {i for claim in two_eyes.report.claims() for i in claim.evidence} <= set(targets)
    assert {entry.id for entry in two_eyes.report.evidence} <= set(page.ids)


def test_the_parts_of_the_report_are_on_the_page(two_eyes, page):
    text = " ".join(page.text.split())
    for claim in two_eyes.report.claims():
        assert claim.text in text
    for words in (
        "Needs review",
        "Moderate NPDR 71 %",
        "under the ICO guideline",
        "6 to 12 months",
        "refer to an ophthalmologist",
        "The grade and the lesions differ.",
        "the experts disagree",
        "Other conditions",
        "no expert is installed",
        "One photograph shows part of the retina.",
        "The left eye is fine.",
        "no vessel segment is long enough",
        "17 900 to 18 500",
        "Moderate NPDR is more than microaneurysms alone",
        "abababababababab",
        DISCLAIMER,
    ):
        assert words in text, words
    hrefs = [a["href"] for a in page.every("a")]
    assert "https://doi.org/10.1016/S0161-6420%2803%2900475-5" in hrefs
    assert "https://pubmed.ncbi.nlm.nih.gov/13129861/" in hrefs


def test_the_landmarks_are_drawn_in_the_photographs_own_pixels(two_eyes, page):
    truth = two_eyes.phantoms[Eye.RIGHT].truth
    circle = page.every("circle")[0]
    assert float(circle["cx"]) == pytest.approx(truth.disc.x, abs=0.06)
    assert 2 * float(circle["r"]) == pytest.approx(truth.disc.diameter, abs=0.2)
    boxes = [svg["viewbox"] for svg in page.every("svg") if "layer" in (svg.get("class") or "")]
    assert boxes == ["0 0 1072 712"] * 2


def test_null_is_written_as_not_assessed_and_zero_as_zero(make_report):
    sample = make_report(Eye.UNKNOWN, size=(200, 200))
    eye = sample.report.eyes[Eye.UNKNOWN]
    eye.lesions.counts = {"MA": 0, "HE": None, "EX": 3, "SE": None}
    eye.lesions.by_quadrant = None
    eye.grade.value, eye.grade.probabilities, eye.grade.referable_probability = None, None, None
    eye.disc.vertical_cdr = None
    text = " ".join(Page(rendered(sample)).text.split())
    assert "Eye of unknown side" in text
    assert re.search(r"Microaneurysms 0 Haemorrhages not assessed Hard exudates 3 Soft exudates not assessed", text)
    assert re.search(r"ICDR grade not assessed", text)
    assert re.search(r"Vertical cup-disc ratio not assessed", text)
    assert "None" not in text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (ReportStatus.NOT_GRADABLE, "The photograph cannot be graded."),
        (ReportStatus.NOT_A_FUNDUS_PHOTOGRAPH, "The picture does not show a fundus."),
    ],
)
def test_a_photograph_that_was_not_read_gets_a_page_that_says_why(ungradable, status, words):
    page = Page(rendered(ungradable(status)))
    text = " ".join(page.text.split())
    assert words in text
    assert "poor focus. Focus and retake." in text
    assert "No recommendation under the" in text or "No recommendation is made" in text
    assert "ICDR grade" not in text
    assert len(page.every("img")) == 1


def test_texts_are_data_and_only_web_addresses_become_links(make_report):
    sample = make_report(Eye.RIGHT, size=(200, 200))
    report = sample.report
    report.question = NASTY
    report.case = NASTY
    report.impression = [
        Claim(id=NASTY, text=NASTY, kind=ClaimKind.OBSERVATION, evidence=[NASTY], status=ClaimStatus.UNSUPPORTED)
    ]
    report.limits = [NASTY]
    report.evidence[0].finding.measurements[0].name = NASTY
    report.evidence[-1].passage.text = NASTY
    report.citations[0].doi = '"><script>alert(3)</script>'
    report.citations[0].url = "javascript:alert(4)"
    report.eyes[Eye.RIGHT].photographs[0].device = NASTY
    html = rendered(sample)
    page = Page(html)
    assert not page.every("script")
    assert all(image["src"].startswith("data:") for image in page.every("img"))
    assert not [a for a in page.every("a") if not a["href"].startswith(("#", "https://"))]
    assert "javascript:" not in html
    assert NASTY in page.text


def test_a_claim_that_verification_did_not_support_is_marked(make_report):
    sample = make_report(Eye.RIGHT, size=(200, 200))
    claim = sample.report.impression[0]
    claim.status, claim.reason = ClaimStatus.CONTRADICTED, "the grade is 1"
    assert "contradicted: the grade is 1" in Page(rendered(sample)).text


def test_a_photograph_that_is_not_at_hand_is_said_so(two_eyes):
    page = Page(render_html(two_eyes.report, two_eyes.store, {}))
    assert page.text.count("The photograph is not at hand") == 2
    assert not page.every("img")


def test_the_same_report_gives_the_same_page(two_eyes, html):
    assert rendered(two_eyes) == html


@pytest.mark.browser
def test_in_a_browser_switches_hide_their_layer_and_a_link_opens_its_evidence(html, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    from shutil import which

    browser_path = which("chromium") or which("chromium-browser")
    if browser_path is None:
        pytest.skip("no Chromium is installed")
    (tmp_path / "report.html").write_text(html, encoding="utf-8")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        view = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
        complaints, requests = [], []
        view.on("console", lambda message: complaints.append(message.text))
        view.on("request", lambda request: requests.append(request.url))
        view.goto((tmp_path / "report.html").as_uri())
        layer = view.locator("img.layer-vessels").first
        assert layer.is_visible()
        view.locator("label[for=right-1-vessels]").click()
        assert not layer.is_visible()
        assert view.locator("img.layer-vessels").nth(1).is_visible()
        body = view.locator("#E5 .body")
        assert not body.is_visible()
        view.locator("a.source[href='#E5']").first.click()
        assert body.is_visible()
        assert view.evaluate("document.documentElement.scrollWidth") <= 390
        browser.close()
    assert not complaints
    assert all(url.startswith(("file:", "data:")) for url in requests)


def test_the_report_says_what_a_planner_was_shown_and_where(two_eyes):
    sent = SentPicture(what="photo-1: macula, x 0 to 9 px", sha256="cd" * 32, width=9, height=9, bytes=99, remote=True)
    planning = Planning(
        planner="openai:any", remote=True, policy="quick", turns=2, problems=[f"no answer {NASTY}"], pictures=[sent]
    )
    provenance = two_eyes.report.provenance.model_copy(update={"planning": planning})
    report = two_eyes.report.model_copy(update={"provenance": provenance})
    html = render_html(report, two_eyes.store, two_eyes.photographs)
    text = Page(html).text
    assert "on another machine: photo-1: macula" in text and "cdcdcdcdcdcd" in text and "quick policy" in text
    assert "What went wrong in planning: no answer" in text and NASTY not in html
    assert "Shown to the planner" not in Page(rendered(two_eyes)).text
