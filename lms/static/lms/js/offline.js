// Learning without network, a page's part (docs/offline.md): brings the worker, lets nobody keep another's test,
// offers the course's download.
import { queue, reached, whoLearns } from "./queue.js";
import { el, icon, lit } from "./state.js";

const workers = navigator.serviceWorker; // none on plain http and in some private windows
const AFTER = 1500; // the page comes first

async function bring() {
  const alone = !workers.controller;
  const ours = await workers.register("/sw.js");
  if (!ours) return; // a browser told to have none
  sayNew(ours);
  ours.addEventListener("updatefound", () => ours.installing.addEventListener("statechange", () => setTimeout(sayNew, AFTER, ours))); // one that takes itself away does not wait
  const { active } = ours.active ? ours : await firstOf(ours);
  // What this page loaded is on the phone already: the worker keeps it without asking the network again.
  const loaded = performance.getEntriesByType("resource").filter(({ name }) => name.startsWith(location.origin)).map(({ name }) => new URL(name).pathname);
  if (alone) active.postMessage({ seen: [location.pathname, ...loaded], search: location.search });
}

// `ready` never ends where the first worker could not keep its shell: a full disk, a network that broke off.
const firstOf = ({ installing }) => Promise.race([workers.ready, new Promise((_, fail) => installing?.addEventListener("statechange", () => installing.state === "redundant" && fail(new Error("not installed"))))]);

// A newer version waits: said where nothing is open that could be lost (docs/offline.md, rule 5).
const BUSY = "article.lesson, main form[method=post], main textarea";
function sayNew({ waiting }) {
  if (waiting && workers.controller && !document.querySelector(BUSY)) import("./update.js").then(({ say }) => say(workers, waiting)).catch(() => {});
}

// A begun test stays only while its learner is the one who learns here, and until it is handed in.
async function forgetOthers() {
  queue.subscribe(({ what, action, answer }) => { if (what === "sent" && action.kind === "test_submit") forget(action, answer).catch(() => {}); });
  for (const name of await caches.keys()) if (name.startsWith("sheet-") && name !== `sheet-${whoLearns()}`) await caches.delete(name);
}

// The sheet that was handed in, and no other that is begun.
async function forget({ learner }, { data }) {
  const name = `sheet-${learner}`;
  const path = String(data.url).replace(/ket-qua\/.*/, "");
  const cache = await caches.has(name) && await caches.open(name);
  if (!cache) return;
  for (const one of [path, `${path}chosen.json`]) await cache.delete(one);
  if (!(await cache.keys()).length) await caches.delete(name);
}

// On a course's page; on a lesson's once a lesson of the course is done.
const box = document.querySelector("[data-download]");
let offered = false;
async function offer() {
  if (offered) return;
  offered = true;
  try { (await import("./download.js")).offer(box, workers, brought); } catch { offered = false; } // without network: later
}

async function offerWhenDue() {
  if (!document.querySelector("[data-done]") || (await lit(box.dataset.download)).length) return offer();
  return queue.subscribe(({ what, action }) => { if (what === "stored" && action.kind === "lesson_done") offer(); });
}

// A form sent without network would give way to the browser's error page, with all that was typed.
const why = el("p");
const unsent = el("div", { class: "alert warning", role: "alert" }, icon("warning"), why);
const FILLED = "Chưa có mạng nên chưa gửi được. Những gì bạn điền vẫn còn ở đây: khi có mạng, bạn bấm lại.";
const PRESSED = "Chưa có mạng nên chưa làm được. Khi có mạng, bạn bấm lại.";
const isFilled = (form) => form.querySelector("input:not([type=hidden]), select, textarea");
let sure = false; // the browser says that there is no network, and there is
addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (navigator.onLine || sure || event.defaultPrevented || form.method !== "post") return;
  event.preventDefault();
  sure = await reached();
  if (sure) return form.requestSubmit(submitter);
  const row = submitter && submitter.closest(".btns, .bar");
  why.textContent = form.dataset.offline || (isFilled(form) ? FILLED : PRESSED);
  (row || form).before(unsent);
  unsent.scrollIntoView({ block: "nearest" });
});
addEventListener("online", () => unsent.remove());
addEventListener("offline", () => { sure = false; });

const shown = new Promise((go) => { if (document.readyState === "complete") go(); else addEventListener("load", go); });
const later = shown.then(() => new Promise((go) => setTimeout(go, AFTER)));
const brought = later.then(() => workers && bring()); // rejected where this phone can keep nothing
brought.catch((error) => dispatchEvent(new CustomEvent("unkept", { detail: error }))); // offline-home.js says why
later.then(() => box && offerWhenDue()).catch(() => {});
if (workers) forgetOthers().catch(() => {});
