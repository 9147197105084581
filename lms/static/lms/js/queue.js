// Sends what a learner did: one action at a time, in order, each with the uuid made where it happened.
// A retry sends the same uuid, so the server does it once. The store is a seam: today it is the
// page's memory; a store that survives the page has the same three functions.
const URL = "/api/v1/queue/";
const TIMEOUT = 15000;
const PAUSES = [1000, 3000, 8000, 20000, 30000];

export const memoryStore = () => {
  const kept = new Map();
  return { put: async (action) => void kept.set(action.uuid, action), remove: async (uuid) => void kept.delete(uuid), all: async () => [...kept.values()] };
};

export const newUuid = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // plain http has no randomUUID
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
};

export class Refused extends Error {
  constructor(message, data = {}) { super(message); this.data = data; }
}
export class SignedOut extends Error {}

// Resolves when the time is over or the network is back, whichever comes first.
const pauseFor = (ms) => new Promise((go) => {
  const done = () => { removeEventListener("online", done); clearTimeout(timer); go(); };
  const timer = setTimeout(done, ms);
  addEventListener("online", done);
});

async function post(actions, csrf, keepalive) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT);
  try {
    return await fetch(URL, {
      method: "POST", body: JSON.stringify(actions), signal: stop.signal, keepalive, credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf, "X-Device-Time": new Date().toISOString() },
    });
  } finally { clearTimeout(timer); }
}

const freshToken = async () => (await (await fetch("/api/v1/me/", { credentials: "same-origin" })).json()).csrf || "";

// tell(state, action): "stored" on this device, "waiting" for the network, "sent", "refused".
export function createQueue({ csrf, learner, store = memoryStore(), tell = () => {}, send = post, pause = pauseFor, token = freshToken }) {
  let last = Promise.resolve();
  let current = csrf;

  async function deliver(action) {
    for (let tries = 0; ; tries++) {
      let response;
      try { response = await send([action], current, true); } catch { response = null; }
      if (response && response.ok) {
        const [answer] = await response.json();
        if (answer.status === "refused") throw new Refused(answer.message, answer.data);
        return answer;
      }
      const status = response ? response.status : 0;
      if (status === 401) throw new SignedOut("Bạn đã bị thoát. Hãy đăng nhập lại ở một trang khác rồi bấm lại ở đây.");
      if (status === 403 && tries < 2) { current = await token().catch(() => current); continue; }
      if (status >= 400 && status < 500 && status !== 429 && status !== 408) throw new Refused((await response.json().catch(() => ({}))).message || "Máy chủ không nhận việc này.");
      tell("waiting", action);
      await pause(PAUSES[Math.min(tries, PAUSES.length - 1)]);
    }
  }

  // `make` may read what the actions before it answered (a test's seq), so it runs when its turn comes.
  function add(kind, subject, make = () => ({})) {
    const stamp = { uuid: newUuid(), learner, kind, subject, at: new Date().toISOString() };
    const turn = last.then(async () => {
      const action = { ...stamp, data: typeof make === "function" ? make() : make };
      await store.put(action);
      tell("stored", action);
      try {
        const answer = await deliver(action);
        tell("sent", action);
        return answer;
      } catch (error) {
        tell("refused", action, error);
        throw error;
      } finally { await store.remove(action.uuid); }
    });
    last = turn.catch(() => {});
    return turn;
  }

  return { add, idle: () => last, waiting: () => store.all() };
}
