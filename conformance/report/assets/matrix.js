// The matrix: built once, then rows are hidden and shown. Topics out of sight cost no layout.

class Matrix {
	constructor(data) {
		this.data = data;
		this.place = $("[data-rows]");
		this.count = $("[data-count]");
		this.topics = [...Map.groupBy(data.cases, (one) => one.topic)].map(([name, cases]) => ({ name, cases }));
		this.place.innerHTML = this.topics.map((topic) => this.markup(topic)).join("");
		const sections = [...this.place.children];
		this.topics.forEach((topic, at) => {
			topic.section = sections[at];
			topic.told = $(".told-of", sections[at]);
			topic.rows = [...sections[at].querySelector("tbody").rows];
		});
		this.rowOf = new Map(this.topics.flatMap((topic) => topic.cases.map((one, at) => [one.id, topic.rows[at]])));
		this.visible = [];
		this.place.addEventListener("keydown", (event) => this.move(event));
		this.place.addEventListener("focusin", (event) => this.rove(event.target));
		this.place.addEventListener("click", (event) => this.click(event));
	}

	markup({ name, cases }) {
		const title = this.data.topics[name]?.title ?? name;
		const heads = this.data.libcs.map((libc) => `<th scope="col">${escaped(libc.name)}</th>`).join("");
		return `<section class="topic" style="contain-intrinsic-height:${heightOf(cases.length)}"><h2>${escaped(title)}<span class="note">${escaped(name)} <span class="told-of"></span></span></h2>`
			+ `<table role="grid" aria-label="${escaped(title)}"><thead class="away"><tr><th scope="col">case</th>${heads}</tr></thead>`
			+ `<tbody>${cases.map((one) => this.row(one)).join("")}</tbody></table></section>`;
	}

	row(one) {
		const href = (libc) => escaped(hashOf({ view: "matrix", parameters: {}, open: one.id, libc }));
		const remark = [...new Set(Object.values(one.grade ?? {}))].join(", ");
		const cells = one.cells.map((cell, at) => {
			const libc = this.data.libcs[at].name;
			if (!cell) return `<td class="none" title="${escaped(libc)}: not run">·</td>`;
			const text = cell.group === null ? "could not run" : one.groups[cell.group].shown;
			return `<td class="${classOf(cell)}"><a href="${href(libc)}" tabindex="-1" aria-label="${escaped(`${libc}: ${text}${toldOf(cell)}`)}" title="${escaped(`${libc}: ${text}${toldOf(cell)}`)}">${escaped(text)}</a></td>`;
		});
		return `<tr${one.groups.length < 2 ? ' class="one"' : ""}><th scope="row"><a href="${href("")}" tabindex="-1" title="${escaped(one.title)}">${escaped(one.title)}</a>`
			+ `<span class="note">${escaped(remark)}</span></th>${cells.join("")}</tr>`;
	}

	show(parameters) {
		const keep = filterOf(this.data, parameters);
		this.visible = [];
		for (const { cases, rows, section, told } of this.topics) {
			let kept = 0;
			cases.forEach((one, at) => {
				const hidden = !keep(one);
				if (rows[at].hidden !== hidden) rows[at].hidden = hidden;
				if (!hidden) {
					kept += 1;
					this.visible.push(one.id);
				}
			});
			section.hidden = !kept;
			section.style.containIntrinsicHeight = heightOf(kept);
			told.textContent = kept === cases.length ? `${kept}` : `${kept} of ${cases.length}`;
		}
		this.count.textContent = `${this.visible.length} of ${this.data.cases.length} cases`;
		if (this.visible.length && this.tabStop?.closest("[hidden]") !== null) this.rove($("a", this.rowOf.get(this.visible[0])));
	}

	mark(open) {
		$("tr[aria-current]", this.place)?.removeAttribute("aria-current");
		const row = this.rowOf.get(open);
		row?.setAttribute("aria-current", "true");
		return row;
	}

	// The one place in the grid that the Tab key reaches.
	rove(target) {
		if (target.localName !== "a") return;
		this.tabStop?.setAttribute("tabindex", "-1");
		this.tabStop = target;
		target.tabIndex = 0;
	}

	move(event) {
		const row = event.target.closest("tr");
		const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -99], End: [0, 99] }[event.key];
		if (!row || !step || event.ctrlKey || event.metaKey || event.altKey) return;
		event.preventDefault();
		const links = (of) => $$("a", of);
		const rows = this.visible.map((id) => this.rowOf.get(id));
		const next = rows[rows.indexOf(row) + step[0]] ?? row;
		const at = Math.max(0, Math.min(links(next).length - 1, links(row).indexOf(event.target) + step[1]));
		const link = links(next)[at];
		link.focus({ preventScroll: true });
		link.closest("tr").scrollIntoView({ block: "nearest" });
	}

	// A plain click keeps the filters; the link's own address is that of the case alone.
	click(event) {
		const link = event.target.closest("a");
		if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		const [, query] = link.hash.split("?");
		goTo({ ...readRoute(), ...cellOf(new URLSearchParams(query).get("case")) });
	}
}

// What a topic out of sight is taken to be high; a custom property per section would restyle all its rows.
const heightOf = (rows) => `auto calc(var(--topic-head) + ${rows} * var(--topic-row))`;

function classOf(cell) {
	const conforms = cell.verdict?.conforms ?? null;
	return [
		cell.group === null ? "none" : `g${cell.group}`,
		conforms === null ? "" : conforms ? "good" : "bad",
		isOdd(cell) ? "odd" : "",
	].join(" ").trim();
}

function toldOf(cell) {
	const { expected, conforms = null } = cell.verdict ?? {};
	return [
		conforms === null ? "" : conforms ? ", meets its requirement" : ", deviates from its requirement",
		"unstable" in cell.info ? ", differs between repeats" : expected === false ? ", not as expected" : expected === "new" ? ", new" : "",
	].join("");
}
