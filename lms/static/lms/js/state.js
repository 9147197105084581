// The one small request of a page, sent only when the marker cookie says that somebody is signed in.
import { el, icon, lamps } from "./parts.js";

document.documentElement.classList.add("js");

// A poster's link (#xa=10750) opens any page; its commune waits for the sign-up form.
function keepPoster() {
  try {
    const found = /(?:^#|&)xa=(\d{5})\b/.exec(location.hash);
    if (found) sessionStorage.setItem("xa", found[1]);
    const kept = sessionStorage.getItem("xa");
    if (kept && !location.hash && document.querySelector("place-picker")) history.replaceState(null, "", `#xa=${kept}`);
  } catch { /* a browser that keeps nothing: the form simply asks */ }
}

export const signedIn = () => /(?:^|;\s*)hvs_in=1/.test(document.cookie);

function address() {
  const lesson = document.querySelector("article[data-course][data-lesson]");
  if (lesson) return `/api/v1/item/${lesson.dataset.course}/${lesson.dataset.lesson}/`;
  const course = document.querySelector("article[data-course]");
  if (course && !course.classList.contains("card")) return `/api/v1/course/${course.dataset.course}/`;
  return document.querySelector("[data-account], [data-lamps], [data-continue]") ? "/api/v1/me/" : "";
}

async function ask() {
  const url = signedIn() && address();
  if (!url) return null;
  try {
    const response = await fetch(url, { credentials: "same-origin" });
    const said = response.ok ? await response.json() : null;
    return said && said.signed_in ? said : null;
  } catch { return null; } // the page stays as everybody sees it
}

function showAccount(said) {
  const slot = document.querySelector("[data-account]");
  if (!slot) return;
  const out = el("form", { method: "post", action: "/dang-xuat/" }, el("input", { type: "hidden", name: "csrfmiddlewaretoken", value: said.csrf }), el("button", { type: "submit" }, "Thoát"));
  const given = el("span", {}, said.name.trim().split(/\s+/).pop());
  slot.replaceChildren(el("a", { class: "who", href: said.learner ? "/hoc-tap/" : "/quan-ly/" }, given), out);
}

// Her standing by course slug: from one course's answer, or from all of hers.
function standings(said) {
  const one = said.state && (said.state.progress || said.state);
  return one ? { [said.course]: one } : Object.fromEntries((said.courses || []).map((course) => [course.course, course]));
}

export function showLamps(slug, standing, fresh = 0) {
  for (const slot of document.querySelectorAll("[data-lamps]")) {
    if (slot.dataset.course !== slug || !standing.lessons) continue;
    const big = slot.querySelector(".lamps.big") !== null;
    slot.replaceChildren(lamps(standing.lessons, standing.lit, fresh));
    slot.firstChild.classList.toggle("big", big);
  }
}

function showDone(standing) {
  for (const row of document.querySelectorAll("[data-item]")) {
    if (row.tagName !== "LI" || !standing.done.includes(row.dataset.item)) continue;
    row.classList.add("done");
    const grow = row.querySelector(".grow") || row;
    grow.append(" ", el("span", { class: "tag lit" }, "Đã xong"));
  }
}

function showContinue(said, all) {
  const link = document.querySelector("[data-continue]");
  const begun = link && (said.course ? all[said.course] : (said.courses || []).find((course) => !course.completed));
  if (!begun || !begun.done.length) return;
  if (!begun.next) return;
  link.href = begun.next;
  link.textContent = begun.lessons === begun.lit ? "Làm bài kiểm tra" : "Học tiếp";
  if (begun.next_title && begun.lessons !== begun.lit) link.after(el("span", { class: "note" }, `Bài tiếp theo: ${begun.next_title}`));
}

function show(said) {
  if (!said) return null;
  showAccount(said);
  const all = standings(said);
  for (const [slug, standing] of Object.entries(all)) {
    showLamps(slug, standing);
    if (slug === said.course) showDone(standing);
  }
  showContinue(said, all);
  return said;
}

keepPoster();
export const state = ask().then(show);
