"""The page in a real browser: Debian's chromium, driven by Playwright, without a network.

Screenshots of every view are kept for a person to look at, in `results/screenshots` or where
CONFORMANCE_SCREENSHOTS says.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from report_samples import ADDRESSES, make_run, project_cases

from conformance.bench.report import CHROMIUM
from conformance.case import Observation
from conformance.report.page import write_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route

sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install playwright")
BINARY = shutil.which("chromium")
pytestmark = pytest.mark.skipif(BINARY is None, reason="needs chromium: apt install chromium")

SHOTS = Path(os.environ.get("CONFORMANCE_SCREENSHOTS", "results/screenshots"))
VIEWS = {
    "overview": "#overview",
    "matrix": "#matrix?show=different",
    "case": f"#matrix?show=families&family=resolver&case={ADDRESSES}@musl-1.2.6",
    "history": "#history?of=glibc",
    "pictures": "#pictures",
}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a page of all cases and libcs, with an older run to compare with."""

    def edit(seen: Observation) -> Observation:
        if seen.case == ADDRESSES and seen.libc == "glibc-2.43":
            return replace(seen, facts={**seen.facts, "addresses": 48})
        return seen

    folder = tmp_path_factory.mktemp("browser")
    cases = project_cases()
    newer = make_run(folder / "newer", cases)
    older = make_run(folder / "older", cases, started="2026-01-01T00:00:00+00:00", edit=edit)
    return write_site([newer, older], folder / "site", Path("cases")).page.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A headless chromium."""
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=BINARY, args=CHROMIUM)
        yield chromium
        chromium.close()


@dataclass
class Tab:
    """A tab that notes whatever must not happen."""

    page: "Page"
    site: str
    complaints: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Opens the page anew at an address, and waits until it is drawn."""
        self.page.goto("about:blank")
        self.page.goto(self.site + address)
        self.wait(address)

    def wait(self, address: str) -> None:
        """Waits until the page has drawn the state of an address."""
        self.page.wait_for_function(
            "(address) => document.body.dataset.ready === address && location.hash === address", arg=address
        )

    def follow(self, link: "Locator") -> None:
        """Follows a link to another state of the page, and waits until that is drawn."""
        before = self.page.evaluate("location.hash")
        link.click()
        self.page.wait_for_function(
            "(before) => location.hash !== before && document.body.dataset.ready === location.hash",
            arg=before,
        )

    def count(self) -> int:
        """The cases that the matrix says it shows."""
        return int(self.page.inner_text("[data-count]").partition(" ")[0])

    def rows(self) -> int:
        """The rows that the matrix does show."""
        return self.page.locator(".topic:not([hidden]) tbody tr:not([hidden])").count()


def tab_of(context: "BrowserContext", site: str) -> Tab:
    tab = Tab(context.new_page(), site)

    def only_the_page(route: "Route") -> None:
        if route.request.url.startswith((site, "data:", "about:")):
            route.continue_()
        else:
            tab.complaints.append(f"asks for {route.request.url}")
            route.abort()

    context.route("**/*", only_the_page)
    tab.page.on("console", lambda message: tab.complaints.append(f"{message.type}: {message.text}"))
    tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    return tab


@pytest.fixture
def tab(browser: "Browser", site: str) -> Iterator[Tab]:
    """A tab on a screen of usual size; it fails a test that made the page complain."""
    context = browser.new_context(**LOOKS["light"])
    tab = tab_of(context, site)
    yield tab
    context.close()
    assert tab.complaints == []


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_and_fits(browser: "Browser", site: str, view: str, look: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(**LOOKS[look])
    tab = tab_of(context, site)
    tab.open(VIEWS[view])
    name = "matrix" if view == "case" else view
    assert tab.page.locator(f"[data-view={name}]").is_visible()
    assert tab.page.locator("[data-view]:not([hidden])").count() == 1
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
    tab.page.screenshot(path=SHOTS / f"{view}-{look}.png")
    if look == "light":
        tab.page.emulate_media(media="print")
        assert not tab.page.locator(".top").is_visible()
        tab.page.pdf(path=SHOTS / f"{view}.pdf", format="A4")
    context.close()
    assert tab.complaints == []


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("#matrix?family=time", "family"),
        ("#matrix?status=undefined", "status"),
        ("#matrix?grade=limit", "grade"),
        ("#matrix?show=different", "show"),
        ("#matrix?show=deviates&family=stdio", "show"),
        ("#matrix?a=musl-1.2.5&b=musl-1.2.6", "a"),
        ("#matrix?q=function:getaddrinfo", "q"),
        ("#matrix?q=-resolver", "q"),
    ],
)
def test_filters_narrow_and_links_restore_them(tab: Tab, address: str, wanted: str) -> None:
    tab.open("#matrix")
    everything = tab.count()
    tab.open(address)
    assert 0 < tab.count() < everything
    assert tab.rows() == tab.count()
    form = tab.page.locator("[data-filters]")
    assert form.locator(f"[name={wanted}]").input_value() in address


def test_a_filter_shows_what_it_says(tab: Tab) -> None:
    tab.open("#matrix?a=musl-1.2.3&b=musl-1.2.6&family=resolver")
    heads = ["1.2.2", "1.2.3", "1.2.5", "1.2.6"]
    shades = tab.page.eval_on_selector_all(
        ".topic:not([hidden]) tbody tr:not([hidden])",
        "(rows) => rows.map((row) => [...row.cells].slice(1).map((cell) => cell.className.split(' ')[0]))",
    )
    assert len(shades) > 10
    assert all(of[heads.index("1.2.3")] != of[heads.index("1.2.6")] for of in shades)


def test_filters_of_the_form_end_up_in_the_address(tab: Tab) -> None:
    tab.open("#matrix")
    tab.page.select_option("[data-filters] [name=family]", "resolver")
    tab.wait("#matrix?family=resolver")
    tab.page.fill("[data-filters] [name=q]", "truncated")
    tab.wait("#matrix?q=truncated&family=resolver")
    found = tab.count()
    tab.page.go_back()
    tab.wait("#matrix")
    assert tab.count() > found
    tab.page.go_forward()
    tab.wait("#matrix?q=truncated&family=resolver")
    assert tab.count() == found
    tab.page.click("[data-filters] button")
    tab.wait("#matrix")


def test_what_changed_since_the_older_run(tab: Tab) -> None:
    tab.open("#overview")
    tab.page.get_by_role("link", name="All of them in the matrix").click()
    tab.wait("#matrix?show=changed&since=older")
    assert tab.count() == 1
    tab.follow(tab.page.locator(".topic:not([hidden]) tbody tr:not([hidden]) th a"))
    assert "fixed on glibc-2.43 since older; addresses: 48 → 200" in tab.page.inner_text("#case")


def test_a_newcomer_finds_why_there_are_48_addresses(tab: Tab) -> None:
    tab.open("#overview")
    tab.page.fill("#find", "getaddrinfo 48")
    tab.page.press("#find", "Enter")
    tab.wait("#matrix?q=getaddrinfo%2048")
    assert tab.count() < 20
    tab.follow(tab.page.get_by_role("link", name="TC without records, 200 addresses over TCP"))
    told = tab.page.inner_text("#case")
    assert "musl keeps at most 48 addresses" in told
    assert "Do not rely on seeing every address" in told


def test_a_case_tells_everything(tab: Tab) -> None:
    tab.open(f"#matrix?case={ADDRESSES}@musl-1.2.6")
    case = tab.page.locator("#case")
    told = case.inner_text()
    for words in (
        "specified: a standard says what must happen",
        "musl: limit",
        "RFC 1035 4.2.1, RFC 7766 5 demands",
        "musl >=1.2.5",
        "One lookup by getaddrinfo.",
        "pytest --libc=musl-1.2.6 'cases/resolver/truncation.yaml::two-hundred-addresses'",
    ):
        assert words in told
    case.get_by_text("The probe: c_src/probes/resolver/getaddrinfo.c").click()
    assert "int main(" in case.inner_text()
    lines = case.get_by_role("img")
    assert [lines.nth(at).locator(".tcp .tip").count() for at in range(lines.count())] == [0, 3, 3]
    assert "1.00 s pass" in lines.nth(1).text_content()
    assert "TC" in lines.nth(0).get_attribute("aria-label")


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("misuse/double-free::at-once", "SIGSEGV at hlt inside free"),
        ("misuse/double-free::at-once", "said: free(): double free detected in tcache 2"),
        ("resolver/truncation::tcp-silent", "hangs: its threads wait for good in read"),
        ("allocator/interfaces::mallinfo2", "does not build here: mallinfo2 is missing"),
    ],
)
def test_how_a_case_ended(tab: Tab, case: str, words: str) -> None:
    tab.open(f"#matrix?case={case}")
    assert words in tab.page.inner_text("#case")


def test_every_case_opens(tab: Tab) -> None:
    tab.open("#matrix")
    odd = tab.page.evaluate("""() => page.data.cases.filter((one) => {
        const parts = panel(page.data, one, "musl-1.2.6");
        return parts.length < 5 || parts.some((part) => part.textContent.includes("[object"));
    }).map((one) => one.id)""")
    assert odd == []


def test_the_keyboard_alone_is_enough(tab: Tab) -> None:
    tab.open("#matrix?family=resolver&q=truncated")
    keys = tab.page.keyboard
    keys.press("Tab")
    assert tab.page.evaluate("document.activeElement.className") == "skip"
    for _ in range(40):
        if tab.page.evaluate("document.activeElement.closest('[data-rows]') !== null"):
            break
        keys.press("Tab")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "End", "ArrowLeft"):
        keys.press(key)
    focused = tab.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused.startswith("glibc-2.41: ")
    keys.press("Enter")
    tab.page.wait_for_function(
        "() => location.hash.includes('case=') && document.body.dataset.ready === location.hash"
    )
    assert tab.page.evaluate("document.activeElement.id") == "case-title"
    assert "@glibc-2.41" in tab.page.evaluate("location.hash")
    keys.press("Escape")
    tab.page.wait_for_selector("#case", state="hidden")
    assert tab.page.evaluate("document.activeElement.getAttribute('aria-label')") == focused
    keys.press("Tab")
    assert not tab.page.evaluate("document.activeElement.closest('[data-rows]') !== null"), (
        "one stop in the grid"
    )


def test_the_history_of_a_libc(tab: Tab) -> None:
    tab.open("#history?of=musl")
    assert tab.page.locator("[data-of=musl]").is_visible()
    assert not tab.page.locator("[data-of=glibc]").is_visible()
    rows = tab.page.locator("[data-of=musl] tbody tr:not([hidden])")
    everything = rows.count()
    tab.page.select_option("[data-history] [name=family]", "resolver")
    tab.wait("#history?of=musl&family=resolver")
    assert 0 < rows.count() < everything
    tab.follow(tab.page.get_by_role("link", name="TC without records, 200 addresses over TCP"))
    assert "What each libc does" in tab.page.inner_text("#case")


def test_a_mark_of_a_chart_leads_to_its_cases(tab: Tab) -> None:
    tab.open("#overview")
    tab.page.locator(".chart.kinds a").filter(has_text="resolver:").last.click()
    tab.wait("#matrix?family=resolver&show=families")
    assert tab.count() > 100


def test_an_address_that_means_nothing_shows_the_overview(tab: Tab) -> None:
    tab.open("#nonsense?case=no/such::case")
    assert tab.page.locator("[data-view=overview]").is_visible()
    assert not tab.page.locator("#case").is_visible()


def test_images_and_repeats(browser: "Browser", tmp_path: Path) -> None:
    image = "image:registry.test/base@sha256:0123"

    def edit(seen: Observation) -> Observation:
        variants = [{"times": 2, "facts": seen.facts}, {"times": 1, "facts": {"addresses": 1}}]
        return replace(seen, info={**seen.info, "unstable": variants}) if seen.case == ADDRESSES else seen

    run = make_run(tmp_path / "run", project_cases("resolver/truncation.yaml"), ["musl-1.2.6"], edit=edit)
    for file in (run / "observations.jsonl", run / "run.json"):
        file.write_text(file.read_text().replace("musl-1.2.6", image))
    site = write_site([run], tmp_path / "site", Path("cases")).page.as_uri()
    context = browser.new_context()
    tab = tab_of(context, site)
    tab.open("#matrix?show=unexpected")
    assert tab.count() == 1
    tab.follow(tab.page.locator("tbody tr:not([hidden]) td a"))
    told = tab.page.inner_text("#case")
    assert f"pytest --libc={image} " in told
    assert "addresses 1" in told
    context.close()
    assert tab.complaints == []


def test_a_served_page_follows_its_run(browser: "Browser", tmp_path: Path) -> None:
    from test_report_serve import serving

    from conformance.report.serve import make_server

    cases = project_cases("resolver/truncation.yaml")
    run = make_run(tmp_path / "run", cases, ["musl-1.2.6"])
    with serving(make_server([run], Path("cases"), 0, tmp_path / "site")) as url:
        page = browser.new_page()
        page.goto(f"{url}/#matrix?q=tcp")
        page.wait_for_selector(".topic tbody tr")
        make_run(run, cases, ["musl-1.2.6", "glibc-2.43"])
        page.wait_for_function("() => page.data?.libcs.length === 2", timeout=60_000)
        assert page.evaluate("location.hash") == "#matrix?q=tcp"
        page.close()
