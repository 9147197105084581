// A form typed by somebody who is not signed in (`data-typed`): a reload, also one without network, takes nothing of
// it. In this tab, half an hour; never the PIN, nor what she agrees to. Opened anew, perhaps by the next person, it is
// empty, and once she is in it is forgotten: a page without the form says that.
const NAME = "hvs_typed";
const HALF_HOUR = 1_800_000;
const form = document.querySelector("form[data-typed]");

function kept() {
  try { return JSON.parse(sessionStorage.getItem(NAME)) || {}; } catch { return {}; }
}

function keep(what) {
  try { sessionStorage.setItem(NAME, JSON.stringify(what)); } catch { /* a browser that keeps nothing */ }
}

const isKept = ({ name, type, classList }) => (type === "hidden" ? name.startsWith("commune") : ["text", "tel", "radio", "select-one"].includes(type) && name && !classList.contains("pin"));

function save(fields) {
  keep({ path: location.pathname, at: Date.now(), fields: fields.filter(({ type, checked }) => type !== "radio" || checked).map(({ name, value }) => [name, value]) });
}

function fill(fields, saved) {
  for (const field of fields) {
    const mine = saved.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type !== "radio") field.value = mine.length ? mine[0] : field.value; // hers, not the poster's
    else if (!fields.some(({ name, checked }) => name === field.name && checked)) field.checked = mine.includes(field.value);
  }
}

if (form) {
  const fields = [...form.elements].filter(isKept);
  const { path, at, fields: saved } = kept();
  const [came] = performance.getEntriesByType("navigation");
  const again = (came && ["reload", "back_forward"].includes(came.type)) || document.referrer.split("?")[0] === location.origin + location.pathname; // the page that stood in without network
  const answered = form.dataset.typed === "answered" && (!came || came.type === "navigate"); // as she sent it just now, and with what it asks
  if (again && !answered && path === location.pathname && Math.abs(Date.now() - at) < HALF_HOUR) fill(fields, saved);
  if (again || fields.some(({ type, value }) => type === "tel" && value)) save(fields);
  else keep({});
  form.addEventListener("input", () => save(fields));
  addEventListener("pagehide", () => save(fields)); // a chosen commune says nothing
} else keep({});
