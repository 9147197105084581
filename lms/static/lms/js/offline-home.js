// /ngoai-tuyen/: what can be learned now, and what to do; what waits to be sent stands in the strip above.
// Also what the worker shows under the address of a page that cannot be had.
import { notes, whyNot } from "./download.js";
import { isSignedIn, queue, whoLearns } from "./queue.js";
import { el, icon, lamps, lit, redraw } from "./state.js";

const box = document.querySelector("[data-offline]");
const workers = navigator.serviceWorker;
const told = el("p", { role: "status" });
box.before(told);
const listUrl = (course) => `/ngoai-tuyen/${course}.json`;

async function keptLists() {
  const lists = [];
  for (const name of await caches.keys()) {
    const found = name.startsWith("kept-") && (await caches.match(listUrl(name.slice(5)), { cacheName: name }));
    if (found) lists.push(await found.json());
  }
  return lists;
}

// Lessons that were opened on this phone: their titles are read from the pages themselves.
async function seenLessons(known) {
  if (!(await caches.has("seen"))) return [];
  const cache = await caches.open("seen");
  const found = [];
  for (const request of (await cache.keys()).reverse()) {
    const { pathname } = new URL(request.url);
    if (!/^\/khoa-hoc\/[\w-]+\/[\w-]+\/$/.test(pathname) || known.has(pathname)) continue;
    const page = new DOMParser().parseFromString(await (await cache.match(request)).text(), "text/html");
    const heading = page.querySelector("h1");
    if (heading) found.push({ url: pathname, title: heading.textContent });
  }
  return found;
}

async function begunTests() {
  const name = `sheet-${whoLearns()}`;
  if (!(await caches.has(name))) return [];
  const keys = await (await caches.open(name)).keys();
  return keys.map((request) => new URL(request.url).pathname).filter((path) => path.endsWith("/"));
}

const row = ({ url, title }, done) => el("li", {}, el("a", { href: url }, el("span", { class: "grow" }, title, " ", done ? el("span", { class: "tag lit" }, "Đã xong") : null), icon("next")));

async function card(list) {
  const done = await lit(list.course);
  const drop = el("button", { type: "button", class: "btn plain" }, "Xóa khỏi máy");
  drop.addEventListener("click", async () => {
    (await workers.ready).active.postMessage({ act: "drop", course: list.course });
    told.textContent = `Đã xóa khóa “${list.title}” khỏi máy.`;
    try { localStorage.setItem("hvs_kept", JSON.stringify({ ...notes(), [list.course]: { no: true } })); } catch { /* nothing to forget */ }
  });
  const rows = list.lessons.map((lesson) => row(lesson, done.includes(lesson.item)));
  return el("section", { class: "card" }, el("h3", {}, el("a", { href: list.url }, list.title)), lamps(list.lessons.length, list.lessons.filter((lesson) => done.includes(lesson.item)).length), el("ul", { class: "list" }, ...rows), el("p", { class: "btns" }, drop));
}

const begun = (course) => `Bạn đang làm dở bài kiểm tra${course ? ` của khóa “${course}”` : ""}`;
const alert = (kind, name, ...words) => el("div", { class: `alert ${kind}` }, icon(name), el("div", {}, ...words));

const NEVER = "Trình duyệt này không giữ bài trên máy được: đang ở chế độ riêng tư, đã cũ, hoặc bị chặn lưu dữ liệu. Hãy mở bằng trình duyệt thường.";
const cannot = (words) => alert("warning", "warning", el("p", {}, words));
let failed = ""; // why the worker did not come

async function show() {
  const parts = [];
  if (!workers || !("caches" in window)) parts.push(cannot(NEVER));
  else try {
    const lists = await keptLists();
    const named = new Map(lists.map(({ course, title }) => [course, title]));
    for (const test of await begunTests()) parts.push(alert("info", "edit", el("p", {}, `${begun(named.get(test.split("/")[2]))}. `, el("a", { href: test }, "Làm tiếp"))));
    parts.push(...lost(lists), el("h2", {}, "Học được ngay"));
    parts.push(...(await Promise.all(lists.map(card))));
    if (!lists.length && failed) parts.push(cannot(failed));
    else if (!lists.length) parts.push(el("p", {}, "Trên máy chưa có khóa học nào. Khi có mạng, bạn mở một khóa học rồi bấm “Tải khóa này về máy”. ", el("a", { href: "/khoa-hoc/" }, "Xem các khóa học")));
    const seen = await seenLessons(new Set(lists.flatMap((list) => list.lessons.map((lesson) => lesson.url))));
    if (seen.length) parts.push(el("h2", {}, "Bài vừa mở trên máy này"), el("ul", { class: "list" }, ...seen.map((lesson) => row(lesson))));
  } catch { parts.splice(0, parts.length, cannot(NEVER)); } // site data blocked
  redraw(box, parts);
}

// A browser short of space takes everything of a site back; what was here is said.
function lost(lists) {
  const here = new Set(lists.map((list) => list.course));
  const gone = Object.entries(notes()).filter(([course, kept]) => kept.done && !here.has(course));
  return gone.map(([course, kept]) => alert("warning", "warning", el("p", {}, `Máy đã tự xóa khóa “${kept.title || course}” để lấy chỗ trống. Việc bạn đã gửi không mất. Khi có mạng, `, el("a", { href: `/khoa-hoc/${course}/` }, "mở khóa học và tải lại"), ".")));
}

// --- "Cài lên màn hình": a button where the browser lets us ask, words elsewhere ---
const install = document.querySelector("[data-install]");
let asking = null;
let installed = false;
function showInstall(words = "", steps = !asking) {
  install.hidden = matchMedia("(display-mode: standalone)").matches;
  install.querySelector("button").hidden = !asking;
  install.querySelector("[data-otherwise]").hidden = !steps;
  install.querySelector("[data-said]").textContent = words;
}
addEventListener("beforeinstallprompt", (event) => { event.preventDefault(); asking = event; showInstall(); });
addEventListener("appinstalled", () => {
  installed = true;
  asking = null;
  showInstall("Đã cài xong. Lần sau bạn mở Học Vụ Số từ biểu tượng trên màn hình.", false);
});
install.querySelector("button").addEventListener("click", async () => {
  const event = asking;
  if (!event) return; // a second tap
  asking = null; // it can be asked once
  install.querySelector("button").hidden = true;
  const { outcome } = await event.prompt().then(() => event.userChoice).catch(() => ({}));
  if (installed || asking) return; // said already; or it may be asked again
  if (outcome === "accepted") showInstall("Máy đang cài. Lát nữa biểu tượng Học Vụ Số hiện trên màn hình.", false);
  else showInstall(outcome ? "Bạn chưa cài. Khi nào muốn, bạn làm theo cách dưới đây." : "Máy không mở được phần cài. Bạn làm theo cách dưới đây.");
});
showInstall();

function isChosen(path) {
  try { return JSON.parse(sessionStorage.getItem("hvs_chosen")).path === path; } catch { return false; }
}

const unsent = "unsent" in document.documentElement.dataset; // a form was on its way: it is sent again only when she says so
if (unsent || location.pathname !== "/ngoai-tuyen/") {
  const { pathname, search } = location;
  const stays = pathname === "/dang-xuat/" && isSignedIn();
  // What was sent need not be sent again: the page asks her anew, or shows what she chose (chosen.js).
  const refill = unsent && !stays && !isChosen(pathname);
  const told = document.querySelector(stays ? "[data-stays]" : refill ? "[data-refill]" : "[data-lost]");
  const again = () => (refill ? location.reload() : location.assign(pathname + search));
  told.hidden = false;
  told.querySelector("[data-again]").addEventListener("click", again);
  if (!refill) addEventListener("online", again);
}
queue.subscribe(({ what }) => { if (what !== "waiting") show(); }); // a retry changes nothing here
if (workers) workers.addEventListener("message", ({ data }) => { if (data.state !== "going") show(); });
addEventListener("unkept", ({ detail }) => { failed = whyNot(detail); show(); });
show();
