// The phone's stand-in for the network (docs/offline.md). Served at /sw.js, behind two lines that name this
// version and its files. It keeps pages and files and sends nothing: what a learner does is the queue's.
//
//   shell-<version>   styles, scripts, drawings, the offline home: fetched when the worker comes
//   kept-<course>     a downloaded course, put there by download.js and taken away by it only
//   seen              public pages as they were opened, and their files; the oldest go first
//   sheet-<learner>   the page of a begun test, for her alone
/* global VERSION, SHELL, cookieStore */
const SHELL_NAME = `shell-${VERSION}`;
const SEEN = "seen";
const HOME = "/ngoai-tuyen/";
const PATIENCE = 4000; // on a weak network: then a kept page is shown
const MOST_SEEN = 240; // pages and files
const SHEET_LIFE = 12 * 3600000;
const PUBLIC = /^\/(?:$|khoa-hoc\/|ngoai-tuyen\/$|viec-tren-may\/$)/;
const FILE = /^\/static\/.+\.[0-9a-f]{12}\.\w+$|^\/media\/(?:images|original_images)\//;
const SOUND = /^\/media\/audio\/[^/]+$/;
const TEST = /^(\/kiem-tra\/[\w-]+\/)(ket-qua\/.*)?$/;
const FORM = /<form[^>]*id="bai-lam"[^>]*data-learner="([\w-]{36})"/;

async function fill() {
  const cache = await caches.open(SHELL_NAME);
  const here = (await cache.keys()).map(({ url }) => new URL(url).pathname);
  const missing = SHELL.filter((url) => !here.includes(url));
  await cache.addAll(missing.map((url) => new Request(url, { cache: FILE.test(url) ? "default" : "no-cache" })));
}
self.addEventListener("install", (event) => event.waitUntil(fill()));

// It comes when no page of the one before is open any more, so nothing that is open loses its files; or at her
// tap (update.js), where hers is the only page: another one may hold a test or what she typed.
async function takeOver(port) {
  const { length } = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  port.postMessage(length);
  if (length === 1) await self.skipWaiting();
}

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("shell-") && name !== SHELL_NAME) await retire(name);
  await fill().catch(() => {}); // one that came while it waited may have taken it for an old one's
  if (self.registration.navigationPreload) await self.registration.navigationPreload.enable();
  await self.clients.claim();
})()));

// Pages that were seen may still name the old shell's files that this one has no more.
async function retire(name) {
  const old = await caches.open(name);
  for (const request of await old.keys()) {
    const { pathname } = new URL(request.url);
    if (FILE.test(pathname) && !SHELL.includes(pathname)) await put(SEEN, request, await old.match(request));
  }
  await caches.delete(name);
}

// A full disk stops nothing: the page came from the network and is shown.
const put = async (name, key, answer) => (await caches.open(name)).put(key, answer).catch(() => {});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const sounds = SOUND.test(url.pathname);
  if (url.origin !== self.location.origin || (request.headers.has("range") && !sounds)) return;
  if (request.method === "POST" && url.pathname === "/dang-xuat/") event.respondWith(leave(request).catch(unsent));
  else if (request.method === "POST" && request.mode === "navigate" && !/^multipart/.test(request.headers.get("Content-Type"))) event.respondWith(fetch(request).catch(unsent));
  else if (request.method !== "GET") return;
  else if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (FILE.test(url.pathname)) event.respondWith(file(event, url));
  else if (sounds) event.respondWith(sound(request, url));
});

// --- Pages: from the network, else as kept, else the offline home ---
async function page(event, url) {
  const path = url.pathname;
  const asked = Promise.resolve(event.preloadResponse).then((early) => early || fetch(event.request));
  if (TEST.test(path) || PUBLIC.test(path)) event.waitUntil(asked.then((answer) => keep(path, url.search, answer.clone())).catch(() => {}));
  const kept = await find(path).catch(() => null);
  if (!kept) return asked.catch(home);
  const late = new Promise((go) => setTimeout(go, PATIENCE, kept));
  const inTrouble = (answer) => (answer.status >= 500 ? kept : answer);
  return Promise.race([asked.then(inTrouble, () => kept), late]);
}

const home = async () => (await caches.match(HOME)) || Response.error();

// The browser still holds what was typed: asking again sends it.
async function unsent() {
  const answer = await home();
  return answer.ok ? new Response((await answer.text()).replace("<html ", "<html data-unsent "), { headers: answer.headers }) : answer;
}

async function find(path) {
  if (TEST.test(path)) return sheet(path);
  if (!PUBLIC.test(path)) return null;
  for (const name of await ordered()) {
    const found = await (await caches.open(name)).match(path);
    if (found) return found;
  }
  const whole = path.replace(/chi-chu\/$/, ""); // the lesson with its pictures, where it is on the phone
  return whole === path ? null : find(whole);
}

// A downloaded page has all its files; then what was opened last.
async function ordered() {
  const names = await caches.keys();
  return [...names.filter((name) => name.startsWith("kept-")), SEEN, SHELL_NAME];
}

async function keep(path, search, answer) {
  const test = TEST.exec(path);
  if (test && (answer.ok || answer.type === "opaqueredirect")) return test[2] ? dropSheet(test[1]) : keepSheet(path, answer);
  if (!answer.ok || search || !PUBLIC.test(path) || !/^text\/html/.test(answer.headers.get("Content-Type"))) return undefined;
  await put(SEEN, path, answer);
  return trim();
}

async function trim() {
  const seen = await caches.open(SEEN);
  const keys = await seen.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - MOST_SEEN))) await seen.delete(key);
}

// --- A begun test: its page is hers alone, and goes when she hands in or leaves ---
async function keepSheet(path, answer) {
  const html = answer.ok ? await answer.text() : "";
  const found = FORM.exec(html);
  if (!found) return dropSheet(path);
  const headers = { "Content-Type": "text/html; charset=utf-8", "X-Kept": String(Date.now()) };
  for (const name of ["Content-Security-Policy", "X-Frame-Options", "Referrer-Policy"]) if (answer.headers.has(name)) headers[name] = answer.headers.get(name);
  return put(`sheet-${found[1]}`, path, new Response(html.replace("<html ", "<html data-kept "), { headers }));
}

async function sheets() {
  return (await caches.keys()).filter((name) => name.startsWith("sheet-"));
}

async function sheet(path) {
  const who = self.cookieStore && (await cookieStore.get("hvs_who"));
  for (const name of await sheets()) {
    if (self.cookieStore && (!who || name !== `sheet-${who.value}`)) continue; // elsewhere test.js looks who it is
    const cache = await caches.open(name);
    const found = await cache.match(path);
    if (found && Math.abs(Date.now() - Number(found.headers.get("X-Kept"))) < SHEET_LIFE) return found;
  }
  return null;
}

// With what test.js put beside it.
async function dropSheet(path) {
  for (const name of await sheets()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) if (new URL(request.url).pathname.startsWith(path)) await cache.delete(request);
    if (!(await cache.keys()).length) await caches.delete(name);
  }
}

async function leave(request) {
  const answer = await fetch(request);
  if (answer.status >= 400) return answer; // she is still signed in
  for (const name of await sheets()) await caches.delete(name);
  return answer;
}

// --- Files: a marked name never changes its content, so what is kept is right ---
async function file(event, url) {
  const kept = await caches.match(url.pathname).catch(() => null);
  if (kept) return kept;
  try {
    const answer = await fetch(event.request);
    if (answer.ok && event.request.destination) event.waitUntil(put(SEEN, url.pathname, answer.clone()));
    return answer;
  } catch { return (await otherWidth(url.pathname)) || Response.error(); }
}

// A picture is kept in one width; without network it serves for every width.
async function otherWidth(path) {
  const plain = (one) => one.replace(/\.width-\d+\./, ".");
  for (const name of await ordered()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) if (plain(new URL(request.url).pathname) === plain(path)) return cache.match(request);
  }
  return null;
}

// A recording of a downloaded course. Players ask for pieces, and jump only where they get them.
async function sound(request, url) {
  const kept = await caches.match(url.pathname).catch(() => null);
  return kept ? piece(await kept.blob(), request.headers.get("range")) : fetch(request);
}

// As lms/media.py does (RFC 9110, 14.2): what is not understood gets the whole.
function piece(body, asked) {
  const { size, type } = body;
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(asked || "") || [];
  const first = from ? Number(from) : Math.max(0, size - Number(to));
  const last = from && to ? Math.min(Number(to), size - 1) : size - 1;
  const headers = { "Accept-Ranges": "bytes", "Content-Type": type };
  if (!(from || to) || (from && to && Number(to) < first)) return new Response(body, { headers: { ...headers, "Content-Length": size } });
  if (first >= size) return new Response(null, { status: 416, headers: { ...headers, "Content-Range": `bytes */${size}` } });
  return new Response(body.slice(first, last + 1, type), { status: 206, headers: { ...headers, "Content-Length": last + 1 - first, "Content-Range": `bytes ${first}-${last}/${size}` } });
}

// The first page of all came before the worker: it names what it loaded, which the browser still holds.
self.addEventListener("message", (event) => {
  const { seen, search, act } = event.data || {};
  if (act === "takeover") event.waitUntil(takeOver(event.ports[0]));
  if (!Array.isArray(seen)) return;
  // A page that was on its way while the worker came is nobody's until it is claimed.
  event.waitUntil(Promise.all([self.clients.claim(), ...seen.slice(0, MOST_SEEN).map((path) => keepLoaded(String(path), search))]));
});

async function keepLoaded(path, search) {
  if (TEST.test(path)) return keep(path, "", await fetch(path, { credentials: "same-origin" })).catch(() => {});
  if (!(FILE.test(path) || (PUBLIC.test(path) && !search)) || (await caches.match(path))) return undefined;
  const answer = await fetch(path, { cache: "force-cache", credentials: "same-origin" }).catch(() => null);
  return answer && answer.ok ? put(SEEN, path, answer) : undefined;
}
