// The one small request of a page, sent only when the marker cookie says that somebody is signed in; and what
// of her actions waits on this phone, in words.
import { isSignedIn as signedIn, queue, request, REVIEW } from "./queue.js";
import { dropped } from "./store.js";

export { signedIn };

// --- Pieces of the page made by hand: text is always set as text, never as HTML. ---
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

// What is drawn anew under a keyboard leaves it on what says the same, else there.
export function redraw(box, parts, there = box) {
  const at = box.contains(document.activeElement) ? document.activeElement : null;
  box.replaceChildren(...parts);
  if (!at) return;
  const same = [...box.querySelectorAll(at.localName)].find((one) => one.textContent === at.textContent);
  if (!same) there.tabIndex = -1;
  (same || there).focus({ preventScroll: true });
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
export function lamps(total, known, fresh = 0) {
  const lit = Math.min(known, total); // what was learned of it may be in the course no more
  const row = el("div", { class: "lamps", "data-total": total });
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

// --- Her state ---
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

document.documentElement.classList.toggle("in", signedIn()); // hides what only others need to read

function address() {
  const lesson = document.querySelector("article[data-course][data-lesson]");
  if (lesson) return `/api/v1/item/${lesson.dataset.course}/${lesson.dataset.lesson}/`;
  const course = document.querySelector("article[data-course]");
  if (course && !course.classList.contains("card")) return `/api/v1/course/${course.dataset.course}/`;
  return document.querySelector("[data-account], [data-lamps], [data-continue]") ? "/api/v1/me/" : "";
}

// What she chose to see, on this phone and elsewhere. What was chosen here since the page asked stands.
const looks = () => { try { return localStorage.hvs_look || "{}"; } catch { return "{}"; } };
let looked = "";

async function showLook(said) {
  const { learner, look } = said;
  if (!learner || looked !== looks() || JSON.stringify(JSON.parse(looked)[learner] || null) === JSON.stringify(look)) return;
  await (await import("./looks.js")).follow(said);
}

async function ask() {
  const url = signedIn() && address();
  if (!url) return null;
  looked = looks();
  try {
    const { status, said: answer } = await request(url);
    const said = status === 200 ? answer : null;
    if (status >= 500) showUnreached();
    queue.know(said);
    return said && said.signed_in ? said : null;
  } catch { return showUnreached(); } // else the page stays as everybody sees it
}

// Without network nobody is asked to sign in who is in already.
function showUnreached() {
  const slot = document.querySelector("[data-account]");
  if (slot) slot.replaceChildren(el("a", { class: "who", href: "/hoc-tap/" }, el("span", {}, "Của tôi")));
  addEventListener("online", () => queue.isHers() && ask().then(show).catch(() => {}), { once: true }); // another's name on her page would be wrong
  return null;
}

function showAccount(said) {
  const slot = document.querySelector("[data-account]");
  if (!slot) return;
  const out = el("form", { method: "post", action: "/dang-xuat/" }, el("input", { type: "hidden", name: "csrfmiddlewaretoken", value: said.csrf }), el("button", { type: "submit" }, "Thoát"));
  const given = el("span", {}, said.choose ? "Ai đang học?" : said.name.trim().split(/\s+/).pop());
  slot.replaceChildren(el("a", { class: "who", href: said.learner || said.choose ? "/hoc-tap/" : "/quan-ly/" }, given), out);
  if (said.people > 1) showWho(said);
}

// Several people share this sign-in: the page says whose it is, as private pages do.
function showWho(said) {
  const here = `/ai-dang-hoc/?next=${encodeURIComponent(location.pathname)}`;
  const words = said.choose ? el("p", {}, "Chưa chọn ai đang học") : el("p", {}, "Đang học: ", el("strong", {}, said.name));
  const link = el("a", { href: here }, said.choose ? "Chọn người học" : "Đổi người học");
  const header = document.querySelector("header.top");
  if (header) header.after(el("aside", { class: "now", "aria-label": "Ai đang học" }, el("div", { class: "now-in" }, words, link)));
}

// Her standing by course slug: from one course's answer, or from all of hers.
function standings(said) {
  const one = said.state && (said.state.progress || said.state);
  return one ? { [said.course]: one } : Object.fromEntries((said.courses || []).map((course) => [course.course, course]));
}

// What this phone knows to be lit, by course: what the server said, and what it does not know yet.
const NOBODY = "lit:nobody"; // until somebody says it was she
const litName = () => (queue.learner() ? `lit:${queue.learner()}` : NOBODY);
export async function lit(slug) {
  const kept = (await (await queue.store()).get(litName()).catch(() => null)) || {};
  return kept[slug] || [];
}
async function light(name, slug, items) {
  const add = (kept = {}) => ({ ...kept, [slug]: [...new Set([...(kept[slug] || []), ...items])] });
  await (await queue.store()).change(name, add).catch(() => {});
}
export const keepLit = (slug, ...items) => light(litName(), slug, items);
export const keepNobodys = (slug, ...items) => light(NOBODY, slug, items);

// The server's word, and beside it what it has not heard yet.
async function learnLit(slug, items) {
  const unsent = (await queue.list()).filter((action) => action.kind === "lesson_done" && queue.isMine(action)).map((action) => action.subject);
  const known = (await lit(slug)).filter((item) => unsent.includes(item));
  const put = (kept = {}) => ({ ...kept, [slug]: [...new Set([...items, ...known])] });
  await (await queue.store()).change(litName(), put).catch(() => {});
}

// The row of a course as it is drawn says how many lamps it has.
export async function showLamps(slug, fresh = 0) {
  const done = await lit(slug);
  for (const slot of document.querySelectorAll("[data-lamps]")) {
    const drawn = slot.querySelector(".lamps");
    if (slot.dataset.course !== slug || !drawn || !done.length) continue;
    const row = lamps(Number(drawn.dataset.total), done.length, fresh);
    row.classList.toggle("big", drawn.classList.contains("big"));
    slot.replaceChildren(row);
  }
}

function showDone(done) {
  for (const row of document.querySelectorAll("[data-item]")) {
    if (row.tagName !== "LI" || row.classList.contains("done") || !done.includes(row.dataset.item)) continue;
    row.classList.add("done");
    const grow = row.querySelector(".grow") || row;
    grow.append(" ", el("span", { class: "tag lit" }, "Đã xong"));
  }
  const open = document.querySelector("article[data-lesson]");
  if (open && done.includes(open.dataset.item) && !open.querySelector(".over .tag")) open.querySelector(".over").append(" ", el("span", { class: "tag lit" }, "Đã xong"));
}

function noteAfter(link, words) {
  const said = link.nextElementSibling;
  if (said && said.matches(".note")) said.remove();
  link.after(el("span", { class: "note" }, words));
}

function showContinue(said, all) {
  const link = document.querySelector("[data-continue]");
  const begun = link && (said.course ? all[said.course] : (said.courses || []).find((course) => !course.completed));
  if (!begun || !begun.done.length) return;
  if (begun.completed) {
    link.href = `/hoc-tap/${said.course}/hoan-thanh/`;
    link.textContent = "Xem giấy ghi nhận của bạn";
    return;
  }
  if (!begun.next) return;
  link.href = begun.next;
  link.textContent = begun.lessons === begun.lit ? "Làm bài kiểm tra" : "Học tiếp";
  if (begun.next_title && begun.lessons !== begun.lit) noteAfter(link, `Bài tiếp theo: ${begun.next_title}`);
}

// Without a sign-in, or a network to ask: what this phone knows says where to go on.
async function showContinueHere() {
  const link = document.querySelector("[data-continue]");
  const slug = link && link.pathname.split("/")[2];
  const done = slug ? await lit(slug) : [];
  if (!done.length) return;
  const rows = [...document.querySelectorAll("main li[data-item]")];
  const next = rows.find((row) => !done.includes(row.dataset.item));
  const test = document.querySelector('main a[href^="/kiem-tra/"]');
  if (rows.length && !next && !test) return;
  link.href = next ? next.querySelector("a").pathname : rows.length ? test.pathname : `/khoa-hoc/${slug}/`;
  link.textContent = rows.length && !next ? "Làm bài kiểm tra" : "Học tiếp";
  if (next) noteAfter(link, next.querySelector(".grow").firstChild.textContent);
}

async function show(said) {
  if (said) showAccount(said);
  if (said) await showLook(said).catch(() => {});
  const all = said ? standings(said) : {};
  for (const [slug, standing] of Object.entries(all)) await learnLit(slug, standing.lit_items);
  const shown = new Set([...document.querySelectorAll("[data-lamps]")].map((slot) => slot.dataset.course));
  for (const slug of shown) await showLamps(slug);
  const course = document.querySelector("article[data-course]");
  if (course) showDone(await lit(course.dataset.course));
  if (said) showContinue(said, all);
  else await showContinueHere();
  return said;
}

// --- What waits on this phone: always said, with a button that sends it now ---
const strip = el("section", { class: "now queue", "aria-label": "Việc trên máy này", hidden: true });
const words = el("div", { role: "status" });
const buttons = el("div", { class: "btns" });
strip.append(el("div", { class: "now-in" }, words, buttons));
const many = (n) => `${n} việc`;
const onPhone = (actions) => many(actions.length) + (actions.some((action) => action.fleeting) ? " chỉ nằm trong trang này (trình duyệt không cho lưu trên máy, xin giữ trang mở)" : " đã lưu trên máy");
const press = (label, act) => { const made = el("button", { type: "button", class: "btn quiet small" }, label); made.addEventListener("click", () => act(made)); return made; };

let tried = ""; // when "Gửi ngay" came to nothing

async function sendNow(made) {
  made.textContent = "Đang gửi…";
  await queue.sendNow();
  made.textContent = "Gửi ngay";
  tried = ` Thử lúc ${new Date().toLocaleTimeString("vi-VN", { timeStyle: "short" })} mà chưa gửi được. Có mạng, máy tự gửi.`;
  tools.done("Đã gửi hết.");
  return showQueue();
}

let turn = 0;
async function showQueue() {
  const mine = ++turn;
  const actions = await queue.list();
  const bad = actions.filter((action) => action.state === REVIEW).length;
  const going = actions.filter((action) => action.state !== REVIEW && (action.learner || !action.claim));
  const ours = going.filter(queue.isOurs);
  const others = going.filter((action) => !queue.isOurs(action));
  const lines = [];
  const doing = [];
  const gone = await dropped();
  if (gone.length) lines.push(`Trình duyệt đã tự xóa ${many(gone.length)} chưa gửi trên máy này.`);
  if (bad) lines.push(`${many(bad)} cần xem lại.`);
  if (ours.length) {
    lines.push(`${onPhone(ours)}, chưa gửi.${tried}`);
    doing.push(press("Gửi ngay", sendNow));
  } else tried = "";
  if (others.length) lines.push(signedIn() ? `${many(others.length)} của người khác dùng máy này, chưa gửi: người ấy đăng nhập thì máy gửi.` : `${onPhone(others)}, chưa gửi: đăng nhập thì máy gửi.`);
  const nameless = actions.filter((action) => action.claim && !action.learner);
  if (nameless.length) await askWhose(nameless, lines, doing).catch(() => {});
  if (lines.length) doing.push(el("a", { href: "/viec-tren-may/" }, "Xem"));
  if (done && !lines.length) lines.push(done);
  const unseen = !lines.length || document.querySelector("[data-queue]") !== null;
  if (strip.hidden && !unseen) { // words that come together with their place are not announced
    strip.hidden = false;
    await new Promise((go) => setTimeout(go, 100));
  }
  if (mine !== turn) return; // somebody looked again meanwhile
  if (words.textContent !== lines.join("")) words.replaceChildren(...lines.map((line) => el("p", {}, line)));
  const here = strip.contains(document.activeElement);
  redraw(buttons, doing, words);
  strip.hidden = unseen;
  if (here && unseen) document.getElementById("noi-dung")?.focus({ preventScroll: true });
}

// Learned here before anybody signed in.
async function askWhose(actions, lines, doing) {
  if (!signedIn()) return void lines.push(`${onPhone(actions)}, chưa ghi tên ai.`);
  const { ask } = await import("./claiming.js");
  return ask(tools, actions, lines, doing);
}
let done = ""; // what came of a button here, once nothing is left to say
export const tools = { done: (what) => { done = what; }, el, keepLit, many, press, showLamps, state: () => state };

// A moment of "chưa gửi" before the answer comes is no news.
let later = 0;
function noteQueue() {
  clearTimeout(later);
  later = setTimeout(() => showQueue().catch(() => {}), 1500);
}

// "Thoát": what she did goes first.
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") !== "/dang-xuat/") return;
  event.preventDefault();
  import("./leaving.js").then(({ leave }) => leave(event.target)).catch(() => event.target.submit());
});

// Back from the browser's memory: somebody else may be in by now.
addEventListener("pageshow", (event) => { if (event.persisted && navigator.onLine && !queue.isHers()) location.reload(); });

const header = document.querySelector("header.top");
if (header) {
  header.after(strip);
  queue.subscribe(noteQueue);
}

keepPoster();
export const state = ask().then(show);
state.then(() => queue.flush()).then(showQueue).catch(() => {});
