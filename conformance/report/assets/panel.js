// One case with everything that is known of it.

const STATUS = {
	specified: "a standard says what must happen",
	unspecified: "standards allow several behaviours",
	"implementation-defined": "each implementation decides, and documents it",
	undefined: "standards allow anything",
	extension: "no standard has it",
};
const GRADE = {
	"by-design": "a decision with reasons",
	limit: "a fixed size or number",
	bug: "a mistake",
	"not-implemented": "missing",
	quality: "no standard asks for more, but the other is kinder",
};

function panel(data, one, libc) {
	const at = data.column[libc];
	return [
		make("h2", { id: "case-title", tabindex: "-1" }, one.title),
		make("p", { class: "id" }, one.id),
		remarks(one),
		values(data, one, at),
		repeats(data, one),
		changesOf(data, one),
		one.why && section("Why", make("p", {}, one.why)),
		one.advice && section("What to do", make("p", { class: "advice" }, one.advice)),
		section("What is required", demand(one)),
		conversationsOf(data, one),
		endings(data, one),
		probe(data, one),
		section("Run it", make("p", {}, "Select and copy:"), make("pre", { class: "command", tabindex: "0" }, command(data, one, libc))),
		recorded(data, one),
		one.links?.length && section("Links", make("ul", { class: "links" }, one.links.map((url) => make("li", {}, make("a", { href: url, rel: "noreferrer" }, url))))),
	].filter(Boolean);
}

const section = (title, ...children) => make("section", {}, make("h3", {}, title), ...children);

function remarks(one) {
	const told = [
		one.functions && make("li", {}, "functions ", make("b", {}, one.functions.join(", "))),
		one.status && make("li", {}, make("b", {}, one.status), `: ${STATUS[one.status]}`),
		...Object.entries(one.grade ?? {}).map(([family, grade]) => make("li", {}, make("b", {}, `${family}: ${grade}`), `, ${GRADE[grade]}`)),
		one.needs?.length && make("li", {}, "needs ", make("b", {}, one.needs.map((need) => (typeof need === "string" ? need : Object.entries(need).flat().join(" "))).join(", "))),
	];
	return make("ul", { class: "facts-of-case" }, told.filter(Boolean));
}

// Facts by groups of libcs that recorded the same, each value with the range that it is known to hold for.
function values(data, one, chosen) {
	const groups = one.groups.map((group, number) => ({ ...group, columns: one.cells.flatMap((cell, at) => (cell?.group === number ? [at] : [])) }));
	const names = [...new Set(groups.flatMap((group) => Object.keys(group.facts)))];
	const required = one.requires ?? {};
	for (const name of Object.keys(required)) if (!names.includes(name)) names.push(name);
	const differs = (name) => new Set(groups.map((group) => JSON.stringify(group.facts[name]))).size > 1;
	names.sort((a, b) => (b in required) - (a in required) || (b === "outcome") - (a === "outcome") || (b === one.lead) - (a === one.lead) || differs(b) - differs(a));
	const heads = groups.map((group, number) => {
		const { conforms = null } = one.cells[group.columns[0]].verdict ?? {};
		return make("th", { scope: "col", class: `g${number}${group.columns.includes(chosen) ? " chosen" : ""}` }, labelOf(data, group.columns),
			make("small", {}, conforms === null ? "" : conforms ? "✓ meets the requirement" : "✗ deviates"));
	});
	const rows = names.map((name) => make("tr", { class: differs(name) ? null : "same" },
		make("th", { scope: "row" }, name),
		groups.map((group, number) => make("td", { class: `g${number}` }, shown(group.facts[name]), ranges(data, one, name, group))),
		name in required ? make("td", { class: "demand" }, shown(required[name])) : Object.keys(required).length ? make("td", { class: "demand" }) : null));
	const last = Object.keys(required).length ? [make("th", { scope: "col" }, "required")] : [];
	const missing = one.cells.flatMap((cell, at) => (cell && cell.group === null ? [make("p", {}, make("b", {}, data.libcs[at].name), ` could not run: ${cell.outcome.reason}`)] : []));
	return make("section", {}, make("h3", {}, "What each libc does"),
		make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Facts by libc" },
			make("table", { class: "values" }, make("thead", {}, make("tr", {}, make("td"), heads, last)), make("tbody", {}, rows))), missing);
}

function ranges(data, one, name, { facts, columns }) {
	const notes = new Set();
	for (const at of columns) {
		const known = expectedOf(data, one, name, at);
		const value = known?.value ?? null;
		if (JSON.stringify(value) !== JSON.stringify(facts[name] ?? null)) notes.add(known ? `! ${shown(value)} expected (${known.selector})` : "! nothing expected");
		else if (known && known.selector !== "all") notes.add(known.selector);
	}
	return [...notes].map((note) => make("small", {}, note));
}

// What the repeats of a case saw that is a defect of the case, or of the libc.
function repeats(data, one) {
	const told = one.cells.flatMap((cell, at) => (cell && "unstable" in cell.info ? [make("dt", {}, data.libcs[at].name), make("dd", {},
		cell.info.unstable.map(({ facts, times }) => `${times} × ${Object.entries(facts).map(([name, value]) => `${name} ${shown(value)}`).join(", ")}`).join("; "))] : []));
	return told.length ? section("Differs between repeats", make("dl", {}, told)) : null;
}

function changesOf(data, one) {
	const told = Object.entries(one.changed).flatMap(([run, changes]) => changes.map((change) => make("li", {},
		make("b", {}, change.kind), ` on ${data.libcs[change.libc].name} since ${run}`,
		Object.entries(change.facts).map(([name, [old, now]]) => `; ${name}: ${shown(old)} → ${shown(now)}`))));
	return told.length ? section("What changed", make("ul", {}, told)) : null;
}

function demand(one) {
	if (!one.requires) return make("p", {}, one.clause ? `Nothing that could be checked. The relevant clause: ${one.clause}.` : "Nothing: no standard demands one of these behaviours.");
	const facts = Object.entries(one.requires).map(([name, value]) => `${name} = ${shown(value)}`).join(", ");
	return make("p", {}, make("b", {}, one.clause), " demands ", make("code", {}, facts), ".");
}

function conversationsOf(data, one) {
	const lines = timelines(data, one);
	if (!lines) return null;
	return section("What the name server saw", make("p", { class: "note" }, "Time runs downwards. ", make("span", { class: "key-udp" }, "UDP"), " is thin, ", make("span", { class: "key-tcp" }, "TCP"), " is thick."), lines);
}

function endings(data, one) {
	const told = one.cells.flatMap((cell, at) => {
		const words = cell && ending(cell);
		return words ? [make("dt", {}, data.libcs[at].name), make("dd", {}, words)] : [];
	});
	return told.length ? section("How it ended", make("dl", {}, told)) : null;
}

function ending({ outcome, info }) {
	const { kind, site = {} } = outcome;
	const { rip, symbol } = info.crash ?? {};
	const stderr = info.stderr ? `; stderr: ${info.stderr.trim()}` : "";
	if (kind === "signalled")
		return [outcome.signal, site.at && ` at ${site.at}`, site.in && ` inside ${site.in}`, rip && `, instruction ${rip}`,
			symbol && ` (nearest exported symbol ${symbol})`, outcome.message ? `; said: ${outcome.message}` : stderr].filter(Boolean).join("");
	if (kind === "timed-out")
		return outcome.waiting.includes("running") ? `hangs: it spins, and used up its processor time${stderr}` : `hangs: its threads wait for good in ${outcome.waiting.join(", ")}${stderr}`;
	if (kind === "not-built") return `does not build here: ${outcome.missing.join(", ")} is missing`;
	if (kind === "failed") return `could not run: ${outcome.reason}`;
	return outcome.code ? `exit ${outcome.code}${stderr}` : "";
}

function probe(data, one) {
	const source = data.probes[one.probe];
	if (!source && !one.written) return null;
	const about = data.topics[one.topic]?.about;
	return section("What the probe does",
		about && make("p", {}, about),
		source && paragraphs(source.about),
		one.written && make("details", {}, make("summary", {}, `The case: ${one.source}:${one.line}`), make("pre", { tabindex: "0" }, one.written)),
		source && make("details", {}, make("summary", {}, `The probe: ${one.probe}`), make("pre", { tabindex: "0" }, source.source)));
}

// The comment at the top of a probe: paragraphs may flow, what is indented stays as it is.
function paragraphs(comment) {
	return comment.split(/\n\s*\n/).map((part) => (/^\s/.test(part)
		? make("pre", { class: "usage" }, part.replace(/^\t| {4}/gm, "").trimEnd())
		: make("p", {}, part.replaceAll("\n", " "))));
}

// One libc of each group, or the one whose cell was opened.
function command(data, one, libc) {
	const columns = libc ? [data.column[libc]] : one.groups.map((_, number) => one.cells.findLastIndex((cell) => cell?.group === number));
	const names = columns.map((at) => data.libcs[at].name).join(",");
	const name = one.id.split("::")[1];
	return `pytest --libc=${names} '${one.source ?? `${one.topic}.yaml`}::${name}'`;
}

const ELSEWHERE = new Set(["nameservers", "crash", "unstable", "stderr"]);

function recorded(data, one) {
	const ran = one.cells.flatMap((cell, at) => (cell ? [at] : []));
	const names = [...new Set(ran.flatMap((at) => Object.keys(one.cells[at].info)))].filter((name) => !ELSEWHERE.has(name));
	if (!names.length) return null;
	const rows = names.map((name) => make("tr", {}, make("th", { scope: "row" }, name), ran.map((at) => make("td", {}, name in one.cells[at].info ? short(one.cells[at].info[name]) : ""))));
	return make("details", {}, make("summary", {}, "Recorded besides, never compared"),
		make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Recorded besides" }, make("table", { class: "values" },
			make("thead", {}, make("tr", {}, make("td"), ran.map((at) => make("th", { scope: "col" }, data.libcs[at].name)))), make("tbody", {}, rows))));
}

const short = (value) => (typeof value === "number" && !Number.isInteger(value) ? value.toFixed(4) : shown(value));
