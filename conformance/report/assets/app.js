// Wires views, filters and the panel to the address.

const page = { data: null, matrix: null, opener: null };

function chooseView(view) {
	for (const section of $$("[data-view]")) section.hidden = section.dataset.view !== view;
	for (const link of $$(".top nav a")) {
		if (link.hash.slice(1).split("?")[0] === view) link.setAttribute("aria-current", "page");
		else link.removeAttribute("aria-current");
	}
}

function fillForm(form, parameters) {
	for (const control of form.elements) {
		if (!control.name || control === document.activeElement && control.type === "search") continue;
		const wanted = parameters[control.name] ?? "";
		control.value = wanted;
		if (control.localName === "select" && control.selectedIndex < 0) control.selectedIndex = 0;
	}
	for (const label of $$("[data-only]", form)) label.hidden = label.dataset.only !== parameters.show;
}

const readForm = (form) => Object.fromEntries([...new FormData(form)].filter(([name, value]) => value && (name !== "since" || form.elements.show.value === "changed")));

function showHistory({ of, family = "" }) {
	const parts = $$("[data-of]");
	const chosen = parts.some((part) => part.dataset.of === of) ? of : parts[0]?.dataset.of;
	for (const part of parts) part.hidden = part.dataset.of !== chosen;
	for (const row of $$(".strips tbody tr")) row.hidden = family !== "" && row.dataset.family !== family;
	for (const table of $$(".strips")) table.hidden = table.previousElementSibling.hidden = !$("tbody tr:not([hidden])", table);
}

function showLines({ dns }) {
	const select = $("[data-dns] select");
	const one = page.data.byId.get(dns) ?? page.data.byId.get(select.value);
	const place = $("[data-lines]");
	if (!one) return place.replaceChildren();
	select.value = one.id;
	place.replaceChildren(make("p", {}, make("a", { href: hashOf({ view: "pictures", parameters: { dns: one.id }, open: one.id }) }, one.title), one.why ? `: ${one.why}` : ""), timelines(page.data, one) ?? "");
}

function showCase(route) {
	const frame = $(".frame"), aside = $("#case");
	const one = page.data.byId.get(route.open);
	const shownNow = `${route.open}@${route.libc}`;
	page.matrix?.mark(one ? route.open : "");
	document.body.classList.toggle("open", Boolean(one));
	frame.classList.toggle("open", Boolean(one));
	aside.hidden = !one;
	document.title = one ? `${one.title} – libc-conformance` : page.title;
	if (!one || aside.dataset.shown === shownNow) {
		if (!one) aside.dataset.shown = "";
		return;
	}
	aside.dataset.shown = shownNow;
	const step = (by, words) => {
		const at = page.matrix.visible.indexOf(route.open);
		const next = at < 0 ? undefined : page.matrix.visible[at + by];
		return route.view === "matrix" && make("a", { role: next ? null : "link", "aria-disabled": next ? null : "true", href: next ? hashOf({ ...route, open: next, libc: "" }) : null }, words);
	};
	const close = make("button", { type: "button" }, "Close");
	close.addEventListener("click", closeCase);
	const bar = [step(-1, "Previous"), step(1, "Next"), make("a", { href: hashOf({ view: "matrix", parameters: {}, open: route.open, libc: route.libc }) }, "Link to this")];
	aside.replaceChildren(make("div", { class: "bar" }, bar.filter(Boolean), close), ...panel(page.data, one, route.libc));
	aside.scrollTop = 0;
	$("#case-title").focus({ preventScroll: true });
	page.matrix.rowOf.get(route.open).scrollIntoView({ block: "nearest" });
}

function closeCase() {
	const route = readRoute();
	if (!route.open) return;
	const row = page.matrix.rowOf.get(route.open);
	goTo({ ...route, open: "", libc: "" });
	const column = page.data.column[route.libc];
	const links = row ? $$("a", row) : [];
	const back = page.opener?.isConnected && page.opener.checkVisibility() ? page.opener : links[column === undefined ? 0 : column + 1];
	back?.focus();
}

function apply() {
	const route = readRoute();
	chooseView(route.view);
	if (!page.data) return;
	fillForm($("[data-filters]"), route.view === "matrix" ? route.parameters : {});
	if ($("[data-history]")) fillForm($("[data-history]"), route.view === "history" ? route.parameters : {});
	if (route.view === "matrix" || route.open) {
		page.matrix ??= new Matrix(page.data);
		page.matrix.show(route.view === "matrix" ? route.parameters : {});
	}
	if (route.view === "history") showHistory(route.parameters);
	if (route.view === "pictures") showLines(route.parameters);
	showCase(route);
	document.body.dataset.ready = location.hash;
}

function fillChoices() {
	const families = [...new Set(page.data.cases.map((one) => one.family))].sort();
	for (const select of $$("select[name=family]")) select.append(...families.map((family) => make("option", {}, family)));
	const asked = page.data.cases.filter((one) => one.cells.some((cell) => cell?.info.nameservers?.length));
	const topics = Map.groupBy(asked, (one) => one.topic);
	$("[data-dns] select").append(...[...topics].map(([name, cases]) => make("optgroup", { label: page.data.topics[name]?.title ?? name },
		cases.map((one) => make("option", { value: one.id }, one.title)))));
	const best = asked.reduce((most, one) => (score(one) > score(most) ? one : most), asked[0]);
	if (best) $("[data-dns] select").value = best.id;
}

// To begin with, a conversation that tells much: many libcs part, over both transports, and it is short.
function score(one) {
	const events = one.cells.flatMap((cell) => cell?.info.nameservers ?? []);
	return one.groups.length * 100 + events.some((entry) => entry.transport === "tcp") * 100 - events.length;
}

function wire() {
	const words = $("[data-find]");
	words.addEventListener("submit", (event) => {
		event.preventDefault();
		goTo({ view: "matrix", parameters: { q: words.elements.q.value } });
		$("#view").focus();
	});
	for (const form of $$("[data-filters], [data-history], [data-dns]")) {
		const { view } = form.closest("[data-view]").dataset;
		const change = (event) => goTo({ ...readRoute(), view, parameters: readForm(form) }, { replace: event.type === "input" });
		form.addEventListener("input", (event) => event.target.type === "search" && change(event));
		form.addEventListener("change", (event) => event.target.type !== "search" && change(event));
		form.addEventListener("submit", (event) => event.preventDefault());
		form.addEventListener("reset", (event) => {
			event.preventDefault();
			goTo({ view, parameters: {} });
		});
	}
	addEventListener("keydown", (event) => event.key === "Escape" && closeCase());
	addEventListener("click", (event) => {
		const link = event.target.closest("a[href*='case=']");
		if (link && !link.closest("#case")) page.opener = link;
	}, true);
	addEventListener("hashchange", apply);
}

// A page that is served while a run goes on asks for news, and keeps its address and place.
function live() {
	const { live: made } = document.body.dataset;
	if (!made) return;
	setInterval(async () => {
		const answer = await fetch("version").catch(() => null);
		if (answer?.ok && (await answer.text()) !== made) location.reload();
	}, 2000);
}

page.title = document.title;
wire();
apply();
addEventListener("DOMContentLoaded", async () => {
	try {
		page.data = await unpacked();
	} catch (error) {
		$("[data-count]").textContent = "This browser cannot unpack the data; it is also in data.json beside this page.";
		throw error;
	}
	fillChoices();
	apply();
	live();
});
