// Learning without network, a page's part: brings the worker, forgets others' tests, offers the download.
import { queue, whoLearns } from "./queue.js";
import { lit } from "./state.js";

const workers = navigator.serviceWorker; // none on plain http and in some private windows
const AFTER = 1500; // the page comes first

// What of this page is on the phone already: the worker keeps it without asking the network again.
const loaded = () => performance.getEntriesByType("resource").map((entry) => new URL(entry.name)).filter((url) => url.origin === location.origin).map((url) => url.pathname);

async function bring() {
  const alone = !workers.controller;
  await workers.register("/sw.js");
  const { active } = await workers.ready;
  if (alone) active.postMessage({ seen: [location.pathname, ...loaded()], search: location.search });
}

// The sheet of a begun test stays only while its learner is the one who learns here.
async function forgetOthers() {
  const mine = `sheet-${whoLearns()}`;
  for (const name of await caches.keys()) if (name.startsWith("sheet-") && name !== mine) await caches.delete(name);
}

// Handed in: nothing of the test stays on the phone.
queue.subscribe(({ what, action }) => { if (what === "sent" && action.kind === "test_submit" && workers) caches.delete(`sheet-${whoLearns()}`); });

// --- "Cài lên màn hình": the browser says when it may be offered ---
let asking = null;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  asking = event;
  showInstall();
});

export function showInstall() {
  for (const slot of document.querySelectorAll("[data-install]")) {
    const button = slot.querySelector("button");
    button.hidden = !asking;
    const otherwise = slot.querySelector("[data-otherwise]");
    if (otherwise) otherwise.hidden = Boolean(asking) || matchMedia("(display-mode: standalone)").matches;
    button.onclick = async () => { const event = asking; asking = null; event.prompt(); await event.userChoice; showInstall(); };
  }
}

// --- "Tải khóa này về máy": on a course's page; on a lesson's, once a lesson of the course is done ---
const box = document.querySelector("[data-download]");
let offered = false;
async function offer() {
  if (offered) return;
  offered = true;
  (await import("./download.js")).offer(box, workers);
}

async function offerWhenDue() {
  if (!document.querySelector("[data-done]") || (await lit(box.dataset.download)).length) return offer();
  queue.subscribe(({ what, action }) => { if (what === "stored" && action.kind === "lesson_done") offer(); });
  return undefined;
}

const start = () => setTimeout(() => {
  showInstall();
  if (workers) bring().catch(() => {});
  if (box) offerWhenDue().catch(() => {});
}, AFTER);
if (workers) forgetOthers().catch(() => {});
if (document.readyState === "complete") start();
else addEventListener("load", start);
