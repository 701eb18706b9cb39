// The state of the page is what stands after `#`: the view, its parameters, and the case that is open.

const VIEWS = ["overview", "matrix", "history", "pictures"];

function readRoute() {
	const [view, query = ""] = location.hash.slice(1).split("?");
	const given = Object.fromEntries(new URLSearchParams(query));
	const { case: open = "", ...parameters } = given;
	return { view: VIEWS.includes(view) ? view : "overview", parameters, ...cellOf(open) };
}

// "CASE@LIBC"; the libc may be an image, which has an @ of its own.
function cellOf(text) {
	const at = text.indexOf("@", text.indexOf("::"));
	return at > 0 ? { open: text.slice(0, at), libc: text.slice(at + 1) } : { open: text, libc: "" };
}

function hashOf({ view, parameters, open = "", libc = "" }) {
	const plain = (text) => encodeURIComponent(text).replace(/%(2F|3A|40|2C)/g, (code) => decodeURIComponent(code));
	const told = Object.entries(parameters).filter(([, value]) => value);
	if (open) told.push(["case", libc ? `${open}@${libc}` : open]);
	return `#${view}${told.length ? "?" : ""}${told.map(([name, value]) => `${name}=${plain(value)}`).join("&")}`;
}

// A state that a reader went to gets a place in the browser's history; one that was typed on the way does not.
function goTo(route, { replace = false } = {}) {
	const hash = hashOf(route);
	if (hash === location.hash) return;
	if (replace) {
		history.replaceState(null, "", hash);
		dispatchEvent(new HashChangeEvent("hashchange"));
	} else location.hash = hash;
}
