// The document that the page carries, unpacked, with what filters ask of each case worked out once.

async function unpacked() {
	const bytes = Uint8Array.from(atob($("#data").textContent.trim()), (sign) => sign.charCodeAt(0));
	const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
	const data = await new Response(stream).json();
	data.column = Object.fromEntries(data.libcs.map((libc, at) => [libc.name, at]));
	data.byId = new Map(data.cases.map((one) => [one.id, one]));
	const versions = ["musl", "glibc"].map((family) => data.libcs.flatMap((libc, at) => (libc.family === family ? [at] : [])));
	const newest = versions.filter((columns) => columns.length).map((columns) => columns.at(-1));
	for (const one of data.cases) {
		const differ = (columns) => new Set(columns.map((at) => groupOf(one, at)).filter((group) => group !== null)).size > 1;
		const cells = one.cells.filter(Boolean);
		one.topic = one.id.split("::")[0];
		one.is = {
			different: one.groups.length > 1,
			families: differ(newest),
			versions: versions.some(differ),
			same: one.groups.length < 2,
			"only-versions": versions.some(differ) && !differ(newest),
			deviates: cells.some((cell) => cell.verdict?.conforms === false),
			unexpected: cells.some(isOdd),
			failed: cells.some((cell) => cell.outcome.kind === "failed"),
		};
		one.words = [one.id, one.title, one.status, one.clause, one.why, one.advice, ...(one.functions ?? []),
			...Object.values(one.grade ?? {}), JSON.stringify(one.groups)].join("\n").toLowerCase();
		one.changed = {};
	}
	for (const [run, changes] of Object.entries(data.changes))
		for (const change of changes) (data.byId.get(change.case).changed[run] ??= []).push(change);
	return data;
}

const groupOf = (one, at) => one.cells[at]?.group ?? null;
const isOdd = (cell) => cell.verdict?.expected === false || cell.verdict?.expected === "new" || "unstable" in cell.info;

// What the case expects of a fact on a libc: the value and its selector; the narrowest selector wins.
function expectedOf(data, one, fact, at) {
	let found = null;
	const breadth = (text) => (text === "all" ? 0 : text.includes(" ") ? 2 : 1);
	for (const [selector, facts] of Object.entries(one.expect ?? {}))
		if (fact in facts && data.selectors[selector].includes(at) && (!found || breadth(selector) > breadth(found.selector)))
			found = { selector, value: facts[fact] };
	return found;
}

// "musl 1.2.5 1.2.6, glibc 2.36" of columns.
function labelOf(data, columns) {
	const families = new Map();
	for (const at of columns) {
		const { family, version, name } = data.libcs[at];
		const isPlain = name === `${family}-${version}`;
		const key = isPlain ? family : name;
		families.set(key, [...(families.get(key) ?? []), ...(isPlain ? [version] : [])]);
	}
	return [...families].map(([family, versions]) => [family, ...versions].join(" ")).join(", ");
}
