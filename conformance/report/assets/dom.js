"use strict";

const SVG = "http://www.w3.org/2000/svg";
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// An element with attributes and children; text is always text, never markup.
function make(name, attributes = {}, ...children) {
	return filled(document.createElement(name), attributes, children);
}

function drawn(name, attributes = {}, ...children) {
	return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(element, attributes, children) {
	for (const [name, value] of Object.entries(attributes))
		if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
	element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
	return element;
}

const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

// A value as the tables of the terminal show it: text is quoted only where it could be mistaken.
function shown(value) {
	if (value === null || value === undefined) return "absent";
	if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
	if (typeof value !== "string") return JSON.stringify(value);
	const mistakable = value === "" || value !== value.trim() || /^(absent|true|false)$/.test(value)
		|| /[,[\]"|]/.test(value) || !Number.isNaN(Number(value));
	return mistakable ? JSON.stringify(value) : value;
}
