// "Từng bước một" (/hien-thi/): a lesson one step a screen. A heading with its text is a step, so is each numbered
// action, each question, each practice. Nothing is moved, only hidden, and not on paper. The address says where
// she is (#buoc-3), so that Back goes a step back.
import { el, icon } from "./state.js";

const off = (node, yes) => node.classList.toggle("step-off", yes);

// What is seen together, in order.
function cut(article) {
  const screens = [[]];
  let heading = null;
  let fresh = false; // what comes now begins a screen of its own
  const begin = (...nodes) => screens.push([...(heading ? [heading] : []), ...nodes]);
  for (const node of article.children) {
    if (node.matches("h1, [data-listen]")) continue; // seen with every step
    if (node.matches("ol.steps")) {
      if (screens[screens.length - 1].every((one) => one === heading)) screens.pop();
      [...node.children].forEach((action, n) => { action.style.counterSet = `step ${n + 1}`; begin(node, action); });
      fresh = true;
    } else if (node.matches("h2, section")) {
      heading = null;
      begin(node);
      heading = node.matches("h2") ? node : null;
      fresh = !heading;
    } else if (fresh && !node.matches("[data-lamps]")) {
      begin(node);
      fresh = false;
    } else screens[screens.length - 1].push(node);
  }
  return screens;
}

export function steps(article, done) {
  const screens = cut(article);
  const last = screens.length;
  const all = new Set(screens.flat());
  const where = el("h2", { class: "over", tabindex: "-1" });
  const press = (label, name, by) => {
    const made = el("button", { type: "button", class: name ? "btn quiet" : "btn main" }, name ? icon(name) : null, label);
    made.addEventListener("click", () => { location.hash = `buoc-${now + by}`; });
    return made;
  };
  const back = press("Quay lại", "back", -1);
  const next = press("Tiếp", "", 1);
  const bar = done.closest(".bar-in");
  const before = bar.querySelector("a:not([data-done])");
  const after = document.querySelector("main > nav");
  let now = 1;

  function show(n, move) {
    now = Math.min(Math.max(n, 1), last);
    const seen = new Set(screens[now - 1]);
    for (const node of all) off(node, !seen.has(node));
    where.textContent = `Bước ${now} trong ${last}`;
    off(back, now === 1);
    off(next, now === last);
    off(done, now < last);
    if (before) off(before, now > 1);
    if (after) off(after, now < last);
    article.dispatchEvent(new CustomEvent("turned"));
    if (!move) return;
    article.scrollIntoView({ block: "start" });
    where.focus({ preventScroll: true });
  }

  // What is read aloud goes on to another step: she sees it too, and Back does not lead through what was read.
  article.addEventListener("follow", ({ detail }) => {
    const at = screens.findIndex((nodes) => nodes.some((node) => node.contains(detail) && !node.matches(".steps")));
    if (at < 0) return;
    const lost = screens[now - 1].some((node) => node.contains(document.activeElement));
    show(at + 1);
    history.replaceState(null, "", `#buoc-${now}`);
    if (lost) where.focus({ preventScroll: true });
  });

  // Where the address points: a step, or something that stands in one.
  function asked() {
    const named = /^#buoc-(\d+)$/.exec(location.hash);
    if (named || !location.hash) return named ? Number(named[1]) : 1;
    const target = document.getElementById(location.hash.slice(1));
    const at = target ? screens.findIndex((nodes) => nodes.some((node) => node.contains(target) && !node.matches(".steps"))) : -1;
    return at + 1 || now;
  }

  article.classList.add("by-step");
  article.querySelector("h1").after(where);
  bar.prepend(back);
  done.before(next);
  addEventListener("hashchange", () => show(asked(), location.hash !== "#noi-dung"));
  show(asked(), /^#buoc-/.test(location.hash));
}
