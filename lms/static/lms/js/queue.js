// What a learner did, on its way to the server: each action is kept on the phone first, then sent in order,
// once, under her own name only. docs/queue.md is the whole story; the server's half is lms/queue.py.
//
//   const { uuid, durable } = await queue.add("lesson_done", item);   kept on the phone
//   const answer = await queue.outcome(uuid);                         sent; or rejects Refused, SignedOut
//
// An action is sealed before its first sending: whatever is sent again is the same to the byte, so the
// server does it once. `seq`, where an attempt stands, is known only then, and is put in by the sealing.
import { store as phone, unmark } from "./store.js";

const URL = "/api/v1/queue/";
const TIMEOUT = 15000;
const ASKING = 4000; // whether there is a network, while somebody waits for it
const LEASE = TIMEOUT + 5000;
const PAUSES = [1000, 3000, 8000, 20000, 40000, 60000];
const BATCH = 20;
const PATIENT = 2; // failures of the server in a row: then one by one, to find out which action it is
const STALE_TRIES = 5;
const REMEMBERED = 200; // outcomes that a page keeps for who asks late
const NAMELESS = ["feedback"]; // kinds that nobody has to sign
const isWord = ({ kind }) => NAMELESS.includes(kind);

export const WAITING = "waiting";
export const REVIEW = "review";

export class Refused extends Error {
  constructor(message, data = {}) { super(message); this.data = data; }
}
export class SignedOut extends Error {}
// Another person of the phone chose herself, or signed in, in another tab: this page is not hers.
export class AnotherLearns extends Error {
  constructor() { super("Người học trên máy này đã đổi ở một trang khác. Hãy tải lại trang này rồi làm lại."); }
}
const OUT = "Bạn đã bị thoát. Việc bạn làm vẫn còn trên máy này; đăng nhập lại là gửi được.";

export const newUuid = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // plain http has no randomUUID
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
};

const cookie = (name) => (new RegExp(`(?:^|;\\s*)${name}=([^;]*)`).exec(document.cookie) || [])[1];

// Somebody is signed in, and who of the sign-in is learning: cookies, since they are true without network too.
export const isSignedIn = () => cookie("hvs_in") === "1";
export const whoLearns = () => (isSignedIn() && /^[\w-]{36}$/.test(cookie("hvs_who")) ? cookie("hvs_who") : null);

// `said`: null where it is no JSON. A body may stall too.
export async function request(url, options, most = TIMEOUT) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), most);
  try {
    const response = await fetch(url, { credentials: "same-origin", signal: stop.signal, ...options });
    return { status: response.status, said: await response.json().catch(() => null) };
  } finally { clearTimeout(timer); }
}

// A browser lets a page that goes leave 64 KB of sending behind, and refuses more outright.
const SMALL = 20000; // letters, of three bytes at most

// A browser may be wrong about the network: in a hall without Internet the server beside it answers all the same.
export const reached = () => request("/healthz", { cache: "no-store" }, ASKING).then(({ status }) => status < 500, () => false);

const post = (actions, csrf, body = JSON.stringify(actions)) => request(URL, {
  method: "POST", body, keepalive: body.length < SMALL,
  headers: { "Content-Type": "application/json", "X-CSRFToken": csrf, "X-Device-Time": new Date().toISOString() },
});

// Once, when something stays on the phone for the first time: the browser shall not take its space back.
function askToKeep() {
  try {
    if (localStorage.getItem("hvs_asked")) return;
    localStorage.setItem("hvs_asked", "1");
    navigator.storage.persist().catch(() => {});
  } catch { /* plain http, or a browser that keeps nothing */ }
}

export async function askWho() {
  const { status, said } = await request("/api/v1/who/");
  return status === 200 && said ? said : Promise.reject(status);
}

// One sender among the tabs. Without Web Locks (plain http) a lease in the store, renewed by each sending.
async function amongTabs(store, work) {
  let begun = false;
  if (navigator.locks) try { return await navigator.locks.request("hvs-queue", () => { begun = true; return work(async () => true); }); } catch (error) { if (begun) throw error; } // denied with all storage
  const me = newUuid();
  const ended = ({ until }) => until < Date.now() || until > Date.now() + LEASE; // longer than any: the clock was set back since
  const lease = (held) => (!held || held.by === me || ended(held) ? { by: me, until: Date.now() + LEASE } : held);
  const take = async () => (await store.change("lease", lease).catch(() => ({ by: me }))).by === me;
  for (let tries = 0; !(await take()); tries++) {
    if (tries > 20) throw new Error("another tab sends");
    await new Promise((go) => setTimeout(go, 1000));
  }
  try { return await work(take); } finally { await store.change("lease", (held) => (held && held.by === me ? undefined : held)).catch(() => {}); }
}

// Everything it needs of the world can be replaced: the tests do.
export function createQueue({ open = phone, send = post, ask = askWho, signedIn = isSignedIn, learns = whoLearns, single = amongTabs, later = setTimeout, now = () => new Date() } = {}) {
  let bound = learns(); // a page is one person's, also when her sign-in ended: what is done on it is hers or nobody's
  let said = null; // { learners, csrf }: what the server told of the sign-in
  let running = null;
  let again = false;
  let tries = 0;
  let timer = 0;
  const listeners = new Set();
  const ended = new Map(); // uuid → what became of it
  const asked = new Map(); // uuid → who waits for that
  const steps = new Map(); // attempt → where it stands, as this page knows it: a disk may be full, or emptied by the browser
  const troubled = new Set(); // what the server failed at, by `slot`: it goes last, what failed longest ago first
  let claimed = null; // the claim id of this phone, as this page saw it last
  let channel = null;
  try { channel = new BroadcastChannel("hvs-queue"); } catch { /* not known here, or denied with all storage */ }
  if (channel) channel.onmessage = ({ data }) => hear(data);

  // --- News, to this page and to the other tabs: stored, waiting, sent, refused, renamed, signedout, changed ---
  const tell = (news) => { if (channel) channel.postMessage(news); hear(news); };

  function hear(news) {
    if (news.what === "changed") claimed = null;
    if (news.what === "sent" || news.what === "refused") {
      ended.set(news.uuid, news);
      if (ended.size > REMEMBERED) ended.delete(ended.keys().next().value);
      answer(news.uuid, (one) => settle(one, news));
    }
    if (news.what === "signedout") for (const uuid of [...asked.keys()]) answer(uuid, (one) => one.fail(new SignedOut(OUT)));
    if (news.what === "renamed") answer(news.uuid, (one) => asked.set(news.to, one));
    for (const listener of listeners) listener(news);
  }
  function answer(uuid, how) {
    const one = asked.get(uuid);
    asked.delete(uuid);
    if (one) how(one);
  }
  const settle = (one, news) => (news.what === "sent" ? one.done(news.answer) : one.fail(new Refused(news.message, news.data)));

  function outcome(uuid) {
    return new Promise((done, fail) => (ended.has(uuid) ? settle({ done, fail }, ended.get(uuid)) : signedIn() ? asked.set(uuid, { done, fail }) : fail(new SignedOut(OUT))));
  }

  // --- Keeping ---
  // `latest` names what only the last answer counts for; `label` says in words what was done, `course` where.
  // `hurry`: the page goes, so it is kept in one step; the earlier answer stays before it and is sent too.
  async function add(kind, subject, data = {}, { label = "", latest = "", course = "", hurry = false } = {}) {
    if (bound && ![bound, null].includes(learns()) && !NAMELESS.includes(kind)) throw new AnotherLearns();
    const store = await open();
    const action = { uuid: newUuid(), state: WAITING, learner: NAMELESS.includes(kind) ? null : bound, kind, subject, data, at: now().toISOString(), label, latest, course };
    if (!action.learner && !NAMELESS.includes(kind)) {
      action.claim = hurry ? claimed || newUuid() : await claimId(store);
      askToKeep();
    }
    const put = hurry ? null : await insteadOfLast(store, action);
    const durable = put ? !put.fleeting : await store.put(action);
    for (const { uuid, state } of await sameAs(store, action)) if (state === REVIEW) await store.edit(uuid, () => null);
    tell({ what: "stored", action, durable });
    flush();
    return { uuid: action.uuid, durable, named: Boolean(action.learner) };
  }

  const claimId = async (store) => { claimed = await store.change("claim", (kept) => kept || newUuid()).catch(() => claimed || newUuid()); return claimed; };

  const sameAs = async (store, { latest, learner, claim }) => (latest ? (await store.all()).filter((one) => one.latest === latest && one.learner === learner && one.claim === claim) : []);

  async function insteadOfLast(store, action) {
    const last = (await sameAs(store, action)).pop();
    if (!last || last.sealed || last.state !== WAITING) return null;
    const put = await store.edit(last.uuid, (kept) => (kept.sealed ? kept : { ...action, n: kept.n })).catch(() => null);
    return put && put.uuid === action.uuid ? put : null;
  }

  // --- Sending ---
  function flush() {
    if (running) { again = true; return running; }
    running = run().catch(() => wait()).finally(() => { running = null; if (again) { again = false; flush(); } });
    return running;
  }

  async function run() {
    clearTimeout(timer);
    const store = await open();
    if (!bound) claimed = claimed || (await store.get("claim").catch(() => null));
    const next = async (named = true) => pick((await store.all()).filter((action) => named || isWord(action)), store.unread);
    if ((await next()).length) await single(store, async (renew) => {
      for (;;) {
        const met = !signedIn() || Boolean(said) || (await meet());
        const batch = met === null ? [] : await next(met); // a sign-in that ended holds back no words
        if (!batch.length || !(await renew()) || !(await deliver(store, batch))) return;
      }
    });
    if (store.unread) wait();
  }

  // A test is not handed in before every answer of it was sent, or dropped after a look.
  const held = (action, actions) => action.kind === "test_submit" && actions.some((one) => one.kind === "test_answer" && one.subject === action.subject && one.learner === action.learner);
  // Of this sign-in, as far as the phone knows: what is not waits for another sign-in.
  const isOurs = (action) => isWord(action) || Boolean(action.learner && signedIn() && (!said || said.learners.includes(action.learner)));
  const sendable = (action, _, actions) => !held(action, actions) && action.state === WAITING && isOurs(action);
  const slot = ({ latest, uuid }) => latest || uuid; // actions of one slot stay in order

  // The oldest that can be sent, with what follows it; where an attempt stands is known only from the
  // answer before, so steps of a test go one by one. What an `unread` disk keeps may belong before a handing in.
  function pick(actions, unread) {
    const turn = [...troubled];
    const place = (action) => turn.indexOf(slot(action));
    const ours = actions.filter((action, n) => sendable(action, n, actions) && !(unread && action.kind === "test_submit")).sort((one, other) => place(one) - place(other));
    const alone = ours.findIndex((action) => action.kind.startsWith("test_") || place(action) >= 0);
    const most = tries > PATIENT ? 1 : BATCH;
    return ours.slice(0, alone === 0 ? 1 : Math.min(most, alone < 0 ? most : alone));
  }

  // Who is signed in, asked once: false when nobody is any more, null when that cannot be known now.
  async function meet() {
    try { know(await ask()); } catch { wait(); return null; }
    if (!said) tell({ what: "signedout" });
    return Boolean(said);
  }
  function know(answer) { said = answer && answer.csrf ? { learners: answer.learners || [], names: answer.names || {}, csrf: answer.csrf } : null; }

  function wait() {
    tell({ what: "waiting" });
    askToKeep();
    clearTimeout(timer);
    const pause = PAUSES[Math.min(tries++, PAUSES.length - 1)];
    timer = later(flush, pause * (0.8 + 0.4 * Math.random())); // a hall that lost its network must not come back as one
  }

  const seal = (seq) => (action) => (action.sealed ? action : { ...action, sealed: action.kind.startsWith("test_") ? { ...action.data, seq } : action.data });
  // Where nothing is known any more, what the server says against the first step tells.
  const standing = (attempt, noted = 0) => Math.max(steps.get(attempt) || 0, noted || 0);
  const asSent = ({ uuid, learner, kind, subject, at, sealed: data, claim }) => ({ uuid, learner, kind, subject, at, data, ...(claim ? { claim } : {}) });

  // True when the rest may be tried at once.
  async function deliver(store, batch) {
    const ready = [];
    for (const action of batch) {
      const put = seal(standing(action.subject, await store.get(`seq:${action.subject}`).catch(() => 0)));
      ready.push(await store.edit(action.uuid, put));
    }
    const going = ready.filter(Boolean); // another tab may have dropped one
    if (!going.length) return true;
    let status = 0;
    let answers = null;
    try { ({ status, said: answers } = await send(going.map(asSent), said ? said.csrf : "")); } catch { /* without network, or cut off: sent again */ }
    const own = ({ uuid }) => answers.find((one) => one && one.uuid === uuid);
    if (status === 200 && Array.isArray(answers) && (answers.length === going.length || going.some(own))) {
      tries = 0;
      for (const [n, action] of going.entries()) {
        const { message = "Máy chủ không nhận việc này." } = answers[n] || {};
        if (own(action)) await answered(store, action, own(action));
        else if (answers.length === going.length) await review(store, action, { message, data: {} }); // the server cannot name it: it must not come first for ever
      }
      return true;
    }
    if (status === 401) { said = null; tell({ what: "signedout" }); return false; }
    if (status === 403) { said = null; if (tries++ < 3) return true; }
    // Our server says why; what says nothing is a hotel's or a carrier's page on the way.
    else if (status >= 400 && status < 500 && status !== 408 && status !== 429 && answers && answers.message) return refusedWhole(store, going, answers);
    if (status >= 500 && going.length === 1) { troubled.delete(slot(going[0])); troubled.add(slot(going[0])); }
    wait();
    return false;
  }

  // The server cannot take the request as a whole: tried one by one, so that one bad action stops no other.
  async function refusedWhole(store, actions, words) {
    if (actions.length === 1) await review(store, actions[0], { message: words.message, data: {} });
    else for (const action of actions) if (!(await deliver(store, [action]))) return false;
    return true;
  }

  async function answered(store, action, { status, message, data = {} }) {
    troubled.delete(slot(action));
    if (Number.isInteger(data.seq)) await stands(action.subject, data.seq);
    if (status === "refused" && isPassed(action, data) && (action.stale || 0) < STALE_TRIES) return reseal(store, action, data);
    if (status === "refused") return review(store, action, { message, data });
    await store.edit(action.uuid, () => null);
    unmark(action.uuid); // also where the browser took the row while it was on its way: it is not lost
    tell({ what: "sent", uuid: action.uuid, action, answer: { message, data } });
  }

  // The attempt stands elsewhere than this step says; or it was done already with another `seq`, which a full disk
  // could not note: chosen again it is the same.
  const isPassed = ({ kind }, { code }) => code === "stale" || (code === "reused" && kind.startsWith("test_"));

  async function stands(attempt, seq) {
    steps.set(attempt, standing(attempt, seq));
    await (await open()).change(`seq:${attempt}`, (kept) => Math.max(kept || 0, seq)).catch(() => {});
  }

  // The attempt went on in another tab or phone: what was chosen here is sent again, as a new act after it.
  async function reseal(store, action, data) {
    const to = newUuid();
    await store.edit(action.uuid, ({ sealed: _, ...kept }) => ({ ...kept, uuid: to, stale: (kept.stale || 0) + 1 }));
    tell({ what: "renamed", uuid: action.uuid, to, action, data });
  }

  async function review(store, action, { message, data }) {
    const { uuid = action.uuid } = (await sameAs(store, action)).pop() || {};
    await store.edit(action.uuid, (kept) => (uuid !== action.uuid ? null : // chosen anew meanwhile
      { ...kept, state: REVIEW, message, code: data.code || "" }));
    tell({ what: "refused", uuid: action.uuid, action, message, data });
  }

  // --- What a person does with it ---
  function sendNow() {
    tries = 0;
    return flush();
  }

  // Under a new uuid: the refused one may already stand for something else.
  async function retry(uuid) {
    await (await open()).edit(uuid, ({ sealed: _, message: __, code: ___, ...kept }) => ({ ...kept, uuid: newUuid(), state: WAITING, stale: 0 }));
    tell({ what: "changed" });
    sendNow();
  }

  // Her own and nobody's; what another person of this phone did is not hers to drop.
  async function drop(uuid) {
    await (await open()).edit(uuid, (kept) => (kept.learner && !isMine(kept) ? kept : null));
    tell({ what: "changed" });
    sendNow();
  }

  // --- Learning without an account ---
  const list = async () => (await open()).all();
  const isMine = (action) => action.learner === learns();
  const unclaimed = async () => (await list()).filter((action) => action.claim && !action.learner);

  // These become hers; what is learned here without an account from now on is somebody else's.
  async function claim(found) {
    const store = await open();
    const learner = learns() === bound ? bound : null;
    const taken = [];
    for (const action of learner ? found : []) {
      const put = await store.edit(action.uuid, (kept) => (kept.learner ? kept : { ...kept, learner })).catch(() => null); // another tab may have been first
      if (put && put.learner === learner) taken.push(action);
    }
    if (learner) await store.change("claim", () => undefined).catch(() => {});
    tell({ what: "changed" });
    sendNow();
    return taken;
  }

  return {
    add, outcome, flush, sendNow, retry, drop, claim, unclaimed, know, stands, standing, list, isMine, isOurs,
    learner: () => bound,
    bind: (learner) => { bound = learner; },
    isHers: () => learns() === bound, // the page is still whose it was when it opened
    nameOf: (learner) => (said && said.names && said.names[learner]) || "",
    store: open,
    changed: () => tell({ what: "changed" }),
    subscribe: (listener) => { listeners.add(listener); return () => listeners.delete(listener); },
  };
}

export const queue = createQueue();

// The page may go now: the earlier one hears of it, the more of it the browser lets happen.
export function onLeave(act) {
  for (const name of ["beforeunload", "pagehide"]) addEventListener(name, act);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") act(); });
}
if (typeof addEventListener === "function") {
  addEventListener("online", () => queue.sendNow());
  addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") queue.flush(); });
}
