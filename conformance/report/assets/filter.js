// Which cases a set of parameters leaves.

function filterOf(data, { q = "", show = "", since = "", family = "", status = "", grade = "", a = "", b = "" }) {
	const words = [...q.toLowerCase().matchAll(/(-?)(function:)?("[^"]*"|\S+)/g)].map(([, not, isFunction, word]) => ({
		wanted: !not,
		test: isFunction
			? (one) => (one.functions ?? []).some((name) => name.toLowerCase() === word)
			: holds(word.replaceAll('"', "")),
	}));
	const [left, right] = [data.column[a], data.column[b]];
	const run = since || data.runs[1]?.name;
	return (one) =>
		(!family || one.family === family)
		&& (!status || one.status === status)
		&& (!grade || Object.values(one.grade ?? {}).includes(grade))
		&& (!show || (show === "changed" ? run in one.changed : one.is[show]))
		&& differs(one, left, right)
		&& words.every(({ wanted, test }) => test(one) === wanted);
}

// A number is looked for as a whole: 48, and not 10.0.0.48 or 148.
function holds(text) {
	if (!/^\d+$/.test(text)) return (one) => one.words.includes(text);
	const number = new RegExp(`(?<![\\w.])${text}(?![\\w]|\\.\\d)`);
	return (one) => one.words.includes(text) && number.test(one.words);
}

// Between two libcs where both are given; with one, from any other.
function differs(one, left, right) {
	if (left === undefined && right === undefined) return true;
	const from = left ?? right;
	const others = left === undefined || right === undefined ? one.cells.keys() : [right];
	const group = groupOf(one, from);
	return group !== null && [...others].some((at) => groupOf(one, at) !== null && groupOf(one, at) !== group);
}
