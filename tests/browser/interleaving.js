async ([queueUrl, storeUrl, seed]) => {
  const { createQueue } = await import(queueUrl);
  const { memoryStore } = await import(storeUrl);
  let state = seed * 2654435761 + 1;
  const random = () => { state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) | 0; return ((state ^ (state >>> 14)) >>> 0) / 4294967296; };
  const pick = (list) => list[Math.floor(random() * list.length)];
  const tick = () => new Promise((go) => setTimeout(go, 0));

  // A server as lms/queue.py is: a receipt per uuid, a sequence per attempt, refusals that leave nothing.
  const server = { receipts: new Map(), done: new Set(), answers: {}, seq: 0, doubled: [] };
  const act = (action) => {
    const body = JSON.stringify(action);
    const known = server.receipts.get(action.uuid);
    if (known) return known.body === body ? { ...known.answer, status: "repeat" } : { uuid: action.uuid, status: "refused", message: "reused", data: { code: "reused" } };
    if (action.kind === "test_answer") {
      if (action.data.seq !== server.seq) return { uuid: action.uuid, status: "refused", message: "stale", data: { code: "stale", seq: server.seq, answers: {} } };
      server.seq += 1;
      server.answers[action.data.question] = action.data.choices[0];
    } else if (action.subject === "bad") return { uuid: action.uuid, status: "refused", message: "bad", data: {} };
    else { if (server.done.has(action.uuid)) server.doubled.push(action.uuid); server.done.add(action.subject); }
    const answer = { uuid: action.uuid, status: "accepted", message: "", data: action.kind === "test_answer" ? { seq: server.seq } : {} };
    server.receipts.set(action.uuid, { body, answer });
    return answer;
  };
  let faults = true;
  const send = async (actions) => {
    const fault = faults ? random() : 1;
    if (fault < 0.2) throw new TypeError("no network");
    if (fault < 0.3) return { status: 500, said: {} };
    const answers = actions.map(act);
    await tick();
    if (fault < 0.5) throw new TypeError("the answer is lost");
    if (fault < 0.6) throw new SyntaxError("the answer is cut off");
    return { status: 200, said: answers };
  };

  // Tabs share the store and the lock; what waits for a pause is tried again when we say so.
  const store = memoryStore();
  store.durable = true;
  await store.change("seq:attempt", () => 0);
  let lock = Promise.resolve();
  const single = (_, work) => { const turn = lock.then(() => work(async () => true)); lock = turn.catch(() => {}); return turn; };
  const tab = () => createQueue({ open: async () => store, send, ask: async () => ({ csrf: "x", learners: ["me"] }), signedIn: () => true, learns: () => "me", single, later: () => 0 });
  let tabs = [tab(), tab()];
  const orderly = { done: new Set(), answers: {} };
  let bad = 0;
  for (let step = 0; step < 60; step++) {
    const queue = pick(tabs);
    const what = random();
    if (what < 0.35) { const item = `item-${Math.floor(random() * 20)}`; orderly.done.add(item); await queue.add("lesson_done", item); }
    else if (what < 0.7) { const question = `q${Math.floor(random() * 6)}`; const choice = pick(["a", "b", "c"]); orderly.answers[question] = choice; await queue.add("test_answer", "attempt", { question, choices: [choice] }, { latest: `attempt:${question}` }); }
    else if (what < 0.75) { bad += 1; await queue.add("lesson_done", "bad"); }
    else if (what < 0.85) tabs[Math.floor(random() * 2)] = tab(); // a tab is closed in the middle of anything, and another opened
    else await queue.sendNow();
    if (random() < 0.3) await tick();
  }
  faults = false;
  for (let round = 0; round < 30; round++) { for (const queue of tabs) await queue.sendNow(); await tick(); }
  const plain = ({ done, answers }) => ({ done: [...done].sort(), answers: Object.fromEntries(Object.entries(answers).sort()) });
  return { state: plain(server), orderly: plain(orderly), doubled: server.doubled, left: (await store.all()).map((one) => one.subject).sort(), refused: Array(bad).fill("bad") };
}
