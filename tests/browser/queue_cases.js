// What befell the queue, each case in a world of its own: `name` chooses it, what it returns is looked at by
// test_queue_ends.py.
async ([queueUrl, storeUrl, name]) => {
  const { createQueue } = await import(queueUrl);
  const { memoryStore, withSpare } = await import(storeUrl);
  const A = "00000000-0000-4000-8000-00000000000a";
  const B = "00000000-0000-4000-8000-00000000000b";
  const pause = (ms = 30) => new Promise((go) => setTimeout(go, ms));
  const tried = async (act) => { try { await act(); return ""; } catch (error) { return error.constructor.name; } };

  function world({ store = memoryStore(), who = A, answer = () => ({}), gate = null, fails = () => false, ended = false } = {}) {
    const made = { who, store, sent: [], pauses: 0 };
    const one = (action) => ({ uuid: action.uuid, status: "accepted", message: "", data: {}, ...answer(action) });
    const send = async (actions) => {
      await gate;
      if (fails(actions)) return { status: 500, said: null };
      made.sent.push(...actions.map((action) => `${action.kind} ${action.data.choices || ""}`.trim()));
      return { status: 200, said: actions.map(one) };
    };
    made.queue = createQueue({ open: async () => store, send, ask: async () => (ended ? {} : { csrf: "x", learners: [A] }), signedIn: () => Boolean(made.who), learns: () => made.who, single: (_, work) => work(async () => true), later: () => { made.pauses += 1; return 0; } });
    made.rows = async () => (await made.queue.list()).map((row) => [row.kind, row.state, row.learner]);
    return made;
  }

  // A server with receipts and steps, as lms/queue.py is; `lost` answers never come.
  function server() {
    const done = new Map();
    const made = { lost: false, seq: 0, did: [] };
    made.answer = (action) => {
      const body = JSON.stringify(action);
      if (done.has(action.uuid) && done.get(action.uuid) !== body) return { status: "refused", message: "reused", data: { code: "reused" } };
      if (!done.has(action.uuid)) {
        if (action.data.seq !== made.seq) return { status: "refused", message: "stale", data: { code: "stale", seq: made.seq, answers: {} } };
        made.seq += 1;
        made.did.push(`${action.kind} ${action.data.choices || ""}`.trim());
        done.set(action.uuid, body);
      }
      if (made.lost) throw new TypeError("the answer is lost");
      return { data: { seq: made.seq } };
    };
    return made;
  }

  // A phone's store whose disk is full while `full`, and cannot be read while `mute`: nothing is written, deleting goes on.
  function withFull() {
    const main = memoryStore();
    const spare = memoryStore(1e12);
    const no = (name) => Promise.reject(new DOMException(name, name === "full" ? "QuotaExceededError" : "UnknownError"));
    const written = (row) => { if (row) delete row.fleeting; return row; };
    const disk = {
      ...main,
      durable: true,
      get: (key) => (store.mute ? no("mute") : main.get(key)),
      all: async () => (store.mute ? no("mute") : (await main.all()).map(written)),
      put: (action) => (store.full ? no("full") : main.put(action).then(() => true)),
      edit: async (uuid, change) => written(await main.edit(uuid, (kept) => { const put = change(kept); if (put && store.full) throw new DOMException("full", "QuotaExceededError"); return put; })),
      change: (key, change) => (store.full ? no("full") : main.change(key, change)),
    };
    const store = withSpare(disk, spare);
    store.forget = () => spare.instead.clear(); // the page is gone, and what it remembered
    return store;
  }

  const cases = {
    async signed_out() {
      const here = world();
      here.who = null;
      await here.queue.add("lesson_done", "one");
      const { uuid } = await here.queue.add("lesson_done", "two");
      const outcome = await tried(() => here.queue.outcome(uuid));
      await pause();
      const sent = here.sent.length;
      here.who = B;
      const other = await tried(() => here.queue.add("lesson_done", "three"));
      here.who = A;
      await here.queue.sendNow();
      return { sent, outcome, other, after: here.sent.length, left: await here.rows() };
    },

    // A refused answer, chosen anew and taken, holds the test no more; one dropped neither.
    async replaced() {
      const here = world({ answer: (action) => (`${action.data.choices}` === "bad" ? { status: "refused", message: "no" } : {}) });
      const choose = (id) => here.queue.add("test_answer", "att", { question: "q3", choices: [id] }, { latest: "att:q3" });
      await choose("bad");
      await pause();
      await here.queue.add("test_submit", "att", {}, { latest: "att:submit" });
      await pause();
      const held = here.sent.length === 1;
      await choose("good");
      await pause();
      return { held, sent: here.sent, left: await here.rows() };
    },

    async refused_under_way() {
      let go;
      const gate = new Promise((done) => { go = done; });
      const here = world({ gate, answer: (action) => (`${action.data.choices}` === "bad" ? { status: "refused", message: "no" } : {}) });
      const choose = (id) => here.queue.add("test_answer", "att", { question: "q3", choices: [id] }, { latest: "att:q3" });
      await choose("bad");
      await pause();
      await choose("good");
      await here.queue.add("test_submit", "att", {}, { latest: "att:submit" });
      go();
      await pause();
      return { sent: here.sent, left: await here.rows() };
    },

    // Writing fails and deleting does not; `full` is set once the rows are there.
    async full_disk() {
      const store = withFull();
      const here = world({ store, answer: (action) => (`${action.data.choices}` === "bad" ? { status: "refused", message: "no" } : { data: { seq: (here.seq = (here.seq || 0) + 1) } }) });
      const row = (kind, choice, more) => store.put({ uuid: `u-${kind}-${choice}`, state: "waiting", learner: A, kind, subject: "att", data: choice ? { choices: [choice] } : {}, at: "2026-11-22", ...more });
      await row("test_answer", "a");
      await row("test_answer", "bad", { latest: "att:bad" });
      await row("test_answer", "b");
      await row("test_submit");
      await row("lesson_done", "", { subject: "s" });
      store.full = true;
      await here.queue.sendNow();
      const before = await here.rows();
      await here.queue.add("test_answer", "att", { choices: ["c"] }, { latest: "att:bad" });
      await pause();
      return { before, sent: here.sent, left: await here.rows() };
    },

    async lease_on_a_full_disk() {
      const store = withFull();
      store.full = true;
      const sent = [];
      const plain = Object.getOwnPropertyDescriptor(Navigator.prototype, "locks");
      Object.defineProperty(navigator, "locks", { value: undefined, configurable: true });
      const queue = createQueue({ open: async () => store, send: async (actions) => { sent.push(actions.length); return { status: 200, said: actions.map(({ uuid }) => ({ uuid, status: "accepted" })) }; }, ask: async () => ({ csrf: "x", learners: [A] }), signedIn: () => true, learns: () => A, later: () => 0 });
      await queue.add("lesson_done", "x");
      await queue.sendNow();
      Object.defineProperty(navigator, "locks", plain);
      return { sent, left: (await queue.list()).length };
    },

    // Where a tab was killed while the clock was wrong, and where a living one holds on.
    async lease_of_the_dead() {
      const store = memoryStore();
      const { locks, setTimeout: plain } = window;
      Object.defineProperty(navigator, "locks", { value: undefined, configurable: true });
      const made = { sent: 0, pauses: 0 };
      const queue = createQueue({ open: async () => store, send: async (actions) => { made.sent += 1; return { status: 200, said: actions.map(({ uuid }) => ({ uuid, status: "accepted" })) }; }, ask: async () => ({ csrf: "x", learners: [A] }), signedIn: () => true, learns: () => A, later: () => { made.pauses += 1; return 0; } });
      await store.change("lease", () => ({ by: "dead", until: Date.now() + 10 * 365 * 86400000 }));
      await queue.add("lesson_done", "x");
      await queue.sendNow();
      const dead = { ...made };
      window.setTimeout = (act, ms) => plain(act, ms / 100);
      await store.change("lease", () => ({ by: "living", until: Date.now() + 15000 }));
      await queue.add("lesson_done", "y");
      await queue.flush();
      window.setTimeout = plain;
      delete navigator.locks;
      return { dead, living: made, locks: Boolean(locks) };
    },

    // The same question twice on a full disk: the second choice is no more on it than the first.
    async fleeting() {
      const store = withFull();
      const here = world({ store });
      here.who = null;
      const choose = async (id) => (await here.queue.add("test_answer", "att", { question: "q1", choices: [id] }, { latest: "att:q1" })).durable;
      const roomy = await choose("a");
      store.full = true;
      const changed = await choose("b");
      const first = (await here.queue.add("test_answer", "att", { question: "q2", choices: ["a"] }, { latest: "att:q2" })).durable;
      const second = (await here.queue.add("test_answer", "att", { question: "q2", choices: ["b"] }, { latest: "att:q2" })).durable;
      const rows = (await here.queue.list()).map((one) => [one.data.question, one.data.choices[0], Boolean(one.fleeting)]);
      store.full = false;
      return { roomy, changed, first, second, rows };
    },

    // A step that is sealed on a full disk, and the attempt went on elsewhere.
    async stale_on_a_full_disk() {
      const store = withFull();
      const there = server();
      there.seq = 5;
      const here = world({ store, answer: there.answer });
      for (const choice of ["a", "b"]) await store.put({ uuid: `u-${choice}`, state: "waiting", learner: A, kind: "test_answer", subject: "att", data: { question: choice, choices: [choice] }, sealed: { question: choice, choices: [choice], seq: 3 }, at: "2026-11-22", latest: `att:${choice}` });
      await store.put({ uuid: "u-submit", state: "waiting", learner: A, kind: "test_submit", subject: "att", data: {}, at: "2026-11-22" });
      store.full = true;
      await here.queue.sendNow();
      return { did: there.did, left: await here.rows() };
    },

    // The server did it and the answer was lost; the page is loaded anew, and the disk could not note the step.
    async lost_on_a_full_disk() {
      const store = withFull();
      const there = server();
      there.lost = true;
      let here = world({ store, answer: there.answer });
      await store.change("seq:att", () => 0);
      await store.put({ uuid: "u-a", state: "waiting", learner: A, kind: "test_answer", subject: "att", data: { question: "q1", choices: ["a"] }, at: "2026-11-22", latest: "att:q1" });
      store.full = true;
      await here.queue.sendNow();
      there.seq += 1; // answered elsewhere meanwhile
      await here.queue.sendNow();
      const same = there.did.length;
      there.lost = false;
      store.forget();
      here = world({ store, answer: there.answer });
      await here.queue.stands("att", there.seq);
      await here.queue.sendNow();
      return { same, did: there.did, left: await here.rows() };
    },

    // One action that the server breaks over, before twenty-four others and a later one of the same name.
    async poison() {
      const fails = (actions) => actions.some((action) => action.subject === "bad");
      const here = world({ fails });
      here.who = null;
      await here.queue.add("check_answer", "bad", { choices: ["old"] }, { latest: "bad", hurry: true });
      for (let n = 0; n < 24; n++) await here.queue.add("lesson_done", `item-${n}`);
      await here.queue.add("check_answer", "bad", { choices: ["new"] }, { latest: "bad", hurry: true });
      here.who = A;
      let rounds = 0;
      while ((await here.queue.list()).length > 2 && rounds < 20) { rounds += 1; await here.queue.flush(); }
      return { rounds, sent: here.sent.length, left: (await here.queue.list()).map((row) => row.data.choices[0]) };
    },

    async refused_on_a_full_disk() {
      const store = withFull();
      const here = world({ store, answer: () => ({ status: "refused", message: "no" }) });
      await store.put({ uuid: "u-a", state: "waiting", learner: A, kind: "lesson_done", subject: "s", data: {}, at: "2026-11-22" });
      store.full = true;
      await here.queue.sendNow();
      await here.queue.sendNow();
      return { sent: here.sent.length, left: await here.rows() };
    },

    // The disk cannot be read: what it keeps may belong before the handing in.
    async unread() {
      const store = withFull();
      const here = world({ store });
      await store.put({ uuid: "u-a", state: "waiting", learner: A, kind: "test_answer", subject: "att", data: { choices: ["a"] }, at: "2026-11-22" });
      store.mute = store.full = true;
      await here.queue.add("test_answer", "att", { question: "q2", choices: ["b"] });
      await here.queue.add("test_submit", "att");
      await pause();
      const mute = [...here.sent];
      const { unread } = store;
      const shown = (await here.rows()).length;
      store.mute = store.full = false;
      await here.queue.flush();
      return { mute, unread, shown, pauses: here.pauses, sent: here.sent, left: await here.rows() };
    },

    // Nobody is signed in and the page goes: the act is the first thing that is written.
    async leaving_without_a_name() {
      const wrote = [];
      const main = memoryStore();
      const store = { ...main, put: (action) => { wrote.push("put"); return main.put(action); }, change: (...how) => { wrote.push("change"); return main.change(...how); } };
      const here = world({ store, who: null });
      await here.queue.add("lesson_done", "one");
      const early = wrote.splice(0).join();
      await here.queue.flush();
      const { claim } = (await here.queue.list())[0];
      await here.queue.add("check_answer", "q", { choices: ["a"] }, { latest: "q", hurry: true });
      return { early, wrote, same: (await here.queue.list())[1].claim === claim };
    },

    async claimed_in_another_tab() {
      const store = memoryStore();
      const nobody = world({ store, who: null });
      await nobody.queue.add("lesson_done", "one");
      const found = await nobody.queue.unclaimed();
      const hers = world({ store });
      const theirs = world({ store, who: B });
      const first = (await hers.queue.claim(found)).length;
      const second = (await theirs.queue.claim(found)).length;
      return { first, second };
    },

    // What was answered while the disk was full is before what is on the disk again.
    async spare_first() {
      const here = world({ store: withFull() });
      here.who = null;
      here.store.full = true;
      await here.queue.add("test_answer", "att", { choices: ["a"] }, { latest: "att:a" });
      await pause(5);
      here.store.full = false;
      await here.queue.add("test_answer", "att", { choices: ["b"] }, { latest: "att:b" });
      await pause(5);
      await here.queue.add("test_submit", "att", {}, { latest: "att:submit" });
      here.who = A;
      await here.queue.sendNow();
      return { sent: here.sent };
    },

    // The cookie still says that somebody is in, the session is gone.
    async words_after_the_sign_in() {
      const here = world({ ended: true });
      await here.queue.add("lesson_done", "one");
      await pause();
      await here.queue.add("feedback", "/tim/", { helped: "co" });
      await pause();
      return { sent: here.sent, left: (await here.rows()).map(([kind]) => kind) };
    },

    // The browser empties the disk while an action is on its way, and the server takes it.
    async emptied_under_way() {
      let go;
      const gate = new Promise((done) => { go = done; });
      const here = world({ gate });
      const { uuid } = await here.queue.add("lesson_done", "one", {}, { label: "Bài 1" });
      await pause();
      localStorage.setItem("hvs_unsent", JSON.stringify({ [uuid]: [A, "lesson_done", "Bài 1", "one"], other: [A, "lesson_done", "Bài 2", "two"] }));
      await here.store.edit(uuid, () => null);
      go();
      await pause();
      return { sent: here.sent, marked: Object.keys(JSON.parse(localStorage.getItem("hvs_unsent"))) };
    },

    async dropped() {
      const here = world({ answer: (action) => (action.kind === "test_answer" ? { status: "refused", message: "no" } : {}) });
      const { uuid } = await here.queue.add("test_answer", "att", { question: "q3", choices: ["bad"] }, { latest: "att:q3" });
      await here.queue.add("test_submit", "att", {}, { latest: "att:submit" });
      await pause();
      await here.queue.drop(uuid);
      await pause();
      return { sent: here.sent, left: await here.rows() };
    },
  };
  return cases[name]();
}
