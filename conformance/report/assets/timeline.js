// What the name servers saw of a case, drawn: libcs whose conversations are the same share one drawing.

const LINE = { margin: 62, first: 250, next: 90, top: 26, row: 21, wait: 19, most: 60, long: 0.25 };

// Columns of libcs by what was said, without times, ports and numbers of queries.
function conversations(data, one) {
	const groups = new Map();
	one.cells.forEach((cell, at) => {
		const events = cell?.info.nameservers;
		if (!events) return;
		const said = events.map(({ event, server, transport, name, type, rcode, truncated, answers }) =>
			[event, server, transport, name, type, rcode, truncated, answers]);
		const key = JSON.stringify([cell.group, said]);
		if (!groups.has(key)) groups.set(key, { columns: [], events, group: cell.group });
		groups.get(key).columns.push(at);
	});
	return [...groups.values()];
}

function timelines(data, one) {
	const found = conversations(data, one);
	if (!found.length) return null;
	return make("div", { class: "lines" }, found.map(({ columns, events, group }) => {
		const label = labelOf(data, columns);
		const facts = group === null ? "" : endOf(one, group);
		return make("figure", {}, make("figcaption", {}, label, make("small", {}, facts)), drawing(events, label));
	}));
}

// The end of a conversation in a few words: the facts that people look for first.
function endOf(one, group) {
	const { facts } = one.groups[group];
	const names = ["outcome", "result", "addresses", one.lead].filter((name, at, all) => name in facts && all.indexOf(name) === at);
	return names.map((name) => `${name} ${shown(facts[name])}`).join(", ");
}

function drawing(all, label) {
	const events = all.filter((entry) => entry.event !== "omitted").slice(0, LINE.most);
	const servers = Math.max(1, ...events.map((entry) => entry.server));
	const x = (server) => LINE.margin + (server ? LINE.first + (server - 1) * LINE.next : 0);
	const marks = [];
	const opened = new Map();
	let y = LINE.top, last = events[0]?.t ?? 0;
	for (const entry of events) {
		if (entry.t - last > LINE.long) {
			marks.push(drawn("text", { class: "wait", x: x(0) + 8, y: y + 13 }, `${(entry.t - last).toFixed(2)} s pass`),
				drawn("line", { class: "break", x1: x(0), x2: x(0), y1: y, y2: y + LINE.wait }));
			y += LINE.wait;
		}
		last = entry.t;
		y += LINE.row;
		marks.push(drawn("text", { class: "when", x: LINE.margin - 8, y: y + 4 }, time(entry.t - events[0].t)), ...step(entry, x, y, opened));
	}
	for (const { entry, from } of opened.values()) marks.push(connection(x(entry.server), from, y + 8));
	const left = all.length - events.length;
	if (left) marks.push(drawn("text", { class: "wait", x: x(0) + 8, y: (y += LINE.row) }, `and ${left} more events`));
	const heads = [["libc", 0], ...Array.from({ length: servers }, (_, at) => [servers > 1 ? `server ${at + 1}` : "server", at + 1])];
	const width = x(servers) + 46, height = y + 16;
	const lives = heads.flatMap(([name, at]) => [
		drawn("text", { class: "head", x: x(at), y: 12, "text-anchor": "middle" }, name),
		drawn("line", { class: "line-of-life", x1: x(at), x2: x(at), y1: 18, y2: height - 4 }),
	]);
	return drawn("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": spoken(events, label) }, lives, marks);
}

const time = (seconds) => (seconds < 1 ? `${(seconds * 1000).toFixed(0)} ms` : `${seconds.toFixed(2)} s`);

// One event: an arrow to the server or back, or what became of a connection.
function step(entry, x, y, opened) {
	const [client, server] = [x(0), x(entry.server)];
	const way = entry.transport === "tcp" ? "TCP" : "UDP";
	const group = (...marks) => [drawn("g", { class: entry.transport }, ...marks)];
	const lost = (...marks) => [drawn("g", { class: "lost" }, ...marks)];
	switch (entry.event) {
		case "query":
			return group(...arrow(client, server, y), text(client + 8, y - 4, `${way} ${entry.type} ${entry.name}${entry.edns ? ` EDNS ${entry.edns}` : ""}`));
		case "answer":
			return group(...arrow(server, client, y), text(client + 12, y - 4, answered(entry)));
		case "connection":
			opened.set(entry.connection, { entry, from: y });
			return group(...arrow(client, server, y), text(client + 8, y - 4, "connect"));
		case "closed":
		case "close":
		case "reset": {
			const from = opened.get(entry.connection)?.from ?? y;
			opened.delete(entry.connection);
			const what = { closed: "libc closes", close: "server closes", reset: "server resets" }[entry.event];
			return [connection(server, from, y), text(server - 8, y + 4, what, "end")];
		}
		case "silence":
			return lost(...cross(server, y), text(server - 10, y + 4, `no answer to ${entry.type}`, "end"));
		case "held":
			return lost(text(server - 10, y + 4, `answer to ${entry.type} held back`, "end"));
		default:
			return lost(...cross(server, y), text(server - 10, y + 4, entry.event, "end"));
	}
}

function answered({ rcode, answers, truncated, bytes }) {
	if (rcode === undefined) return `${bytes} bytes`;
	return [rcode, `${answers} ${answers === 1 ? "record" : "records"}`, truncated && "TC", `${bytes} bytes`].filter(Boolean).join(", ");
}

const text = (x, y, words, anchor) => drawn("text", { x, y, "text-anchor": anchor }, words.length > 48 ? `${words.slice(0, 47)}…` : words);
const cross = (x, y) => [drawn("path", { d: `M${x - 4},${y - 4}l8,8m0,-8l-8,8`, "stroke-width": 2 })];
const connection = (x, from, to) => drawn("rect", { class: "connection", x: x - 4, y: from, width: 8, height: Math.max(3, to - from) });

function arrow(from, to, y) {
	const back = to > from ? -8 : 8;
	return [
		drawn("line", { x1: from, x2: to + back / 2, y1: y, y2: y }),
		drawn("path", { class: "tip", d: `M${to},${y}l${back},-4v8z` }),
	];
}

// The drawing in words, for those who do not see it.
function spoken(events, label) {
	const told = events.map((entry) => {
		const what = entry.event === "query" ? `asks ${entry.type} ${entry.name}` : entry.event === "answer" ? `answer ${answered(entry)}` : entry.event;
		return `${time(entry.t - events[0].t)} ${entry.transport} ${what}`;
	});
	return `${label}: ${told.join("; ") || "no query came"}`;
}
