// What befell the queue, each case in a world of its own: `name` chooses it, what it returns is looked at by
// test_queue_ends.py.
async ([queueUrl, storeUrl, name]) => {
  const { createQueue } = await import(queueUrl);
  const { memoryStore, withSpare } = await import(storeUrl);
  const A = "00000000-0000-4000-8000-00000000000a";
  const B = "00000000-0000-4000-8000-00000000000b";
  const pause = (ms = 30) => new Promise((go) => setTimeout(go, ms));
  const tried = async (act) => { try { await act(); return ""; } catch (error) { return error.constructor.name; } };

  function world({ store = memoryStore(), who = A, answer = () => ({}), gate = null } = {}) {
    const made = { who, store, sent: [] };
    const one = (action) => ({ uuid: action.uuid, status: "accepted", message: "", data: {}, ...answer(action) });
    const send = async (actions) => { await gate; made.sent.push(...actions.map((action) => `${action.kind} ${action.data.choices || ""}`.trim())); return { status: 200, said: actions.map(one) }; };
    made.queue = createQueue({ open: async () => store, send, ask: async () => ({ csrf: "x", learners: [A] }), signedIn: () => Boolean(made.who), learns: () => made.who, single: (_, work) => work(async () => true), later: () => 0 });
    made.rows = async () => (await made.queue.list()).map((row) => [row.kind, row.state, row.learner]);
    return made;
  }

  // A phone's store whose disk is full while `full`: nothing is written, deleting goes on.
  function withFull() {
    const main = memoryStore();
    const no = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
    const disk = {
      ...main,
      put: (action) => (store.full ? no() : main.put(action)),
      edit: async (uuid, change) => main.edit(uuid, (kept) => { const put = change(kept); if (put && store.full) throw new DOMException("full", "QuotaExceededError"); return put; }),
      change: (key, change) => (store.full ? no() : main.change(key, change)),
    };
    const store = withSpare(disk);
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
