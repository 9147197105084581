// The worker's second half: a course on the phone, in the cache kept-<course>. Pages ask by message, and hear
// back what is so. Never more than was said: every file is read against its listed length and digest, and one
// that is longer or another stops the download. The list is put there last: with it the course is whole.
// Recordings come after it, and only where she asked for them (`sound`).
/* global sheets */
const COURSE = /^[\w-]+$/;
const listUrl = (course) => `/ngoai-tuyen/${course}.json`;
const keptName = (course) => `kept-${course}`;
const lasting = (url) => /^\/(static|media)\//.test(url); // one name, one content
const going = new Map(); // course → { stop, bytes, spent }

class Changed extends Error {}

const ACTS = { look, get, stop: async (course) => going.get(course)?.stop.abort(), drop };
self.addEventListener("message", (event) => {
  const { act, course, most, sound } = event.data || {};
  if (Object.hasOwn(ACTS, act) && COURSE.test(course)) event.waitUntil(ACTS[act](course, most, sound));
});

async function tell(course, state, more = {}) {
  for (const client of await self.clients.matchAll({ type: "window", includeUncontrolled: true })) client.postMessage({ course, state, ...more });
}

// What is so: kept, old (kept, and there is a newer version), offer, going; nothing where the network is out.
// `why` says instead how a download ended. `bytes` is what fetching the rest costs, `sound` the recordings that
// are not here, `heard` how many are. `away`: nobody knows, there is no network.
async function look(course, why = "") {
  if (going.has(course)) return progress(course);
  const kept = await caches.has(keptName(course)) && await caches.match(listUrl(course), { cacheName: keptName(course) });
  const list = await listOf(course).catch(() => null);
  if (!list) return tell(course, kept ? "kept" : why || "nothing", { away: true });
  const { left, bytes } = await missing(list);
  const silent = await missing(list, list.sounds);
  const said = { bytes, title: list.title, kept: Boolean(kept), sound: silent.bytes, heard: list.sounds.length - silent.left.length };
  const whole = kept && !left.length;
  return tell(course, whole && !(why && silent.left.length) ? "kept" : why || (kept ? "old" : "offer"), said);
}

async function listOf(course) {
  const answer = await fetch(listUrl(course), { credentials: "omit" });
  if (!answer.ok) throw new TypeError(`status ${answer.status}`);
  return { sounds: [], ...(await answer.json()) };
}

// What is not on the phone, or is there in another version.
async function missing(list, files = list.files) {
  const cache = await caches.has(keptName(list.course)) ? await caches.open(keptName(list.course)) : null;
  const left = [];
  let bytes = 0;
  for (const file of files) {
    const found = cache && await cache.match(file.url);
    if (found && (lasting(file.url) || found.headers.get("X-Digest") === file.digest)) continue;
    left.push(file);
    if (!(lasting(file.url) && await caches.match(file.url))) bytes += file.bytes;
  }
  return { left, bytes };
}

async function get(course, most, sound) {
  if (going.has(course)) return progress(course);
  const stop = new AbortController();
  going.set(course, { stop, bytes: most, spent: 0 });
  let why = "";
  try {
    const list = await listOf(course);
    const { left, bytes } = await missing(list);
    const silent = sound ? await missing(list, list.sounds) : { left: [], bytes: 0 };
    const { quota, usage } = await self.navigator.storage.estimate();
    if ([...left, ...silent.left].reduce((sum, file) => sum + file.size, 0) > quota - usage) throw new DOMException("", "QuotaExceededError");
    if (bytes + silent.bytes > most) throw new Changed();
    await fetchAll(list, left, going.get(course), stop.signal);
    await finish(list);
    await fetchAll(list, silent.left, going.get(course), stop.signal);
  } catch (error) { why = await ended(course, error); }
  going.delete(course);
  return look(course, why);
}

async function ended(course, error) {
  if (error.name === "AbortError") return "stopped";
  if (error instanceof Changed) return "changed";
  if (error.name !== "QuotaExceededError") return "cut";
  const whole = await caches.match(listUrl(course), { cacheName: keptName(course) });
  if (!whole) await caches.delete(keptName(course)); // half a course on a full phone helps nobody
  return "full";
}

async function fetchAll(list, left, tally, signal) {
  const cache = await caches.open(keptName(list.course));
  for (const file of left) {
    signal.throwIfAborted?.(); // Chromium 100 has it
    let answer = lasting(file.url) && await caches.match(file.url);
    if (!answer) {
      if (tally.spent + file.bytes > tally.bytes) throw new Changed();
      tally.spent += file.bytes;
      await progress(list.course); // paid for, also when it is cut off
      answer = await read(await fetch(file.url, { signal, credentials: "omit" }), file);
    }
    await cache.put(file.url, answer);
    await progress(list.course);
  }
}

// Whole now: what no page of it names any more goes, recordings too.
async function finish(list) {
  const cache = await caches.open(keptName(list.course));
  await cache.put(listUrl(list.course), new Response(JSON.stringify(list), { headers: { "Content-Type": "application/json" } }));
  const named = new Set([...list.files, ...list.sounds].map((file) => file.url).concat(listUrl(list.course)));
  for (const request of await cache.keys()) if (!named.has(new URL(request.url).pathname)) await cache.delete(request);
}

async function read(answer, file) {
  if (!answer.ok) throw new Changed();
  const most = answer.headers.get("Content-Encoding") ? file.size : Math.min(file.size, file.bytes);
  const reader = answer.body.getReader();
  const parts = [];
  for (let left = most; ;) {
    const { done, value } = await reader.read();
    if (done) break;
    left -= value.length;
    if (left < 0) { await reader.cancel(); throw new Changed(); }
    parts.push(value);
  }
  const blob = new Blob(parts);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer())).slice(0, 8);
  if ([...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("") !== file.digest) throw new Changed();
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  headers.set("X-Digest", file.digest);
  return new Response(blob, { headers });
}

const progress = (course) => tell(course, "going", { bytes: going.get(course).bytes, spent: going.get(course).spent });

async function drop(course) {
  going.get(course)?.stop.abort();
  await caches.delete(keptName(course));
  return look(course);
}
