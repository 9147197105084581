// Small pieces of the page made by hand: text is always set as text, never as HTML.
const SVG = "http://www.w3.org/2000/svg";

export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

function svg(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const LAMP = [
  ["glass", "M8.5 19.5C3.8 16 4 10.3 8.8 7.5V1.8h6.4v5.7c4.8 2.8 5 8.5.3 12z"],
  ["flame", "M12 7.8c2.4 3 3.2 4.6 3.2 6.2a3.2 3.2 0 0 1-6.4 0c0-1.6.8-3.2 3.2-6.2z"],
  ["wick", "M12 16.5v3"],
  ["bowl", "M6 19.5h12c0 3-1.7 4.7-3.5 5.2h-5C7.7 24.2 6 22.5 6 19.5z"],
  ["", "M7.5 26.7h9"],
];
const MOST_LAMPS = 24;

export const lampWords = (lit, total) => (lit ? `${lit} trong ${total} bài` : `${total} bài`);

// A course as a row of lamps, as lms/ui/lamps.html draws it. `fresh` lamps were lit just now.
export function lamps(total, lit, fresh = 0) {
  const row = el("div", { class: "lamps" });
  if (total > MOST_LAMPS) row.append(el("progress", { max: total, value: lit, "aria-hidden": "true" }));
  else for (let n = 0; n < total; n++) {
    const on = n < lit ? " lit" : "";
    const now = n < lit && n >= lit - fresh ? " fresh" : "";
    row.append(svg("svg", { class: `lamp${on}${now}`, viewBox: "0 0 24 28", "aria-hidden": "true", focusable: "false" }, ...LAMP.map(([kind, d]) => svg("path", kind ? { class: kind, d } : { d }))));
  }
  row.append(el("span", { class: "words" }, lampWords(lit, total)));
  return row;
}

// The icon of that name, from the page's own sprite: copied from one already there.
export function icon(name) {
  const known = document.querySelector("svg use[href*='#i-']");
  if (!known) return null;
  const href = known.getAttribute("href").replace(/#i-.*$/, `#i-${name}`);
  return svg("svg", { class: "icon", "aria-hidden": "true", focusable: "false" }, svg("use", { href }));
}
