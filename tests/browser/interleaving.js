async ([queueUrl, storeUrl, seed]) => {
  const { createQueue } = await import(queueUrl);
  const { memoryStore } = await import(storeUrl);
  let state = seed * 2654435761 + 1;
  const random = () => { state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) | 0; return ((state ^ (state >>> 14)) >>> 0) / 4294967296; };
  const pick = (list) => list[Math.floor(random() * list.length)];
  const tick = () => new Promise((go) => setTimeout(go, 0));

  // A server as lms/queue.py is: a receipt per uuid, a sequence per attempt, refusals that leave nothing.
  // Every act has a number of its own, so that one done twice, under whatever uuid, is seen.
  const server = { receipts: new Map(), times: new Map(), answers: {}, seq: 0 };
  const once = (number) => server.times.set(number, (server.times.get(number) || 0) + 1);
  const act = (action) => {
    const body = JSON.stringify(action);
    const known = server.receipts.get(action.uuid);
    if (known) return known.body === body ? { ...known.answer, status: "repeat" } : { uuid: action.uuid, status: "refused", message: "reused", data: { code: "reused" } };
    if (action.kind === "test_answer") {
      if (action.data.seq !== server.seq) return { uuid: action.uuid, status: "refused", message: "stale", data: { code: "stale", seq: server.seq, answers: {} } };
      server.seq += 1;
      server.answers[action.data.question] = action.data.choices[0];
      once(action.data.choices[0]);
    } else if (action.subject === "bad") return { uuid: action.uuid, status: "refused", message: "bad", data: {} };
    else once(action.subject);
    const answer = { uuid: action.uuid, status: "accepted", message: "", data: action.kind === "test_answer" ? { seq: server.seq } : {} };
    server.receipts.set(action.uuid, { body, answer });
    return answer;
  };
  let faults = true;
  const late = []; // on the way, given up by the phone: they arrive after what was sent later
  const arrive = () => late.splice(Math.floor(random() * late.length), 1).forEach((actions) => actions.map(act));
  const send = async (actions) => {
    const fault = faults ? random() : 1;
    if (fault < 0.15) throw new TypeError("no network");
    if (fault < 0.3) { late.push(structuredClone(actions)); throw new TypeError("given up, and still on its way"); }
    if (fault < 0.4) return { status: 500, said: {} };
    let answers = actions.map(act);
    if (fault < 0.5) answers = actions.map(act); // delivered twice
    await tick();
    if (fault < 0.65) throw new TypeError("the answer is lost");
    if (fault < 0.7) return { status: 200, said: null }; // cut off
    return { status: 200, said: answers };
  };

  // Tabs share the store and the lock; a tab that is closed does nothing more, in the middle of whatever it did.
  const store = memoryStore();
  store.durable = true;
  await store.change("seq:attempt", () => 0);
  let lock = Promise.resolve();
  function tab() {
    let close;
    const closed = new Promise((go) => { close = go; });
    const made = { open: true, close: () => { made.open = false; close(); } };
    const living = (act) => (...all) => (made.open ? act(...all) : new Promise(() => {}));
    const own = Object.fromEntries(Object.entries(store).map(([name, part]) => [name, typeof part === "function" ? living(part) : part]));
    const single = (_, work) => { const turn = lock.then(() => Promise.race([work(async () => true), closed])); lock = turn.catch(() => {}); return turn; };
    made.queue = createQueue({ open: async () => own, send: living(send), ask: async () => ({ csrf: "x", learners: ["me"] }), signedIn: () => true, learns: () => "me", single, later: () => 0 });
    return made;
  }
  let tabs = [tab(), tab()];
  const orderly = { done: [], answers: {} };
  let number = 0;
  let bad = 0;
  for (let step = 0; step < 80; step++) {
    const { queue } = pick(tabs);
    const what = random();
    number += 1;
    if (what < 0.3) { orderly.done.push(`item-${number}`); await queue.add("lesson_done", `item-${number}`); }
    else if (what < 0.6) { const question = `q${Math.floor(random() * 6)}`; orderly.answers[question] = `choice-${number}`; await queue.add("test_answer", "attempt", { question, choices: [`choice-${number}`] }, { latest: `attempt:${question}` }); }
    else if (what < 0.65) { bad += 1; await queue.add("lesson_done", "bad"); }
    else if (what < 0.75) { const which = Math.floor(random() * 2); tabs[which].close(); tabs[which] = tab(); }
    else if (what < 0.82) { if (late.length) arrive(); }
    else if (what < 0.88) await queue.stands("attempt", server.seq); // a page was opened: it says where the attempt stands
    else await Promise.race([queue.sendNow(), tick()]);
    if (random() < 0.3) await tick();
  }
  faults = false;
  const calm = async () => { for (let round = 0; round < 15; round++) { for (const { queue } of tabs) await queue.sendNow(); await tick(); } };
  await calm();
  while (late.length) arrive();
  await calm();
  const done = [...server.times.keys()].filter((name) => name.startsWith("item-"));
  const plain = ({ done, answers }) => ({ done: [...done].sort(), answers: Object.fromEntries(Object.entries(answers).sort()) });
  return {
    state: plain({ done, answers: server.answers }),
    orderly: plain(orderly),
    doubled: [...server.times].filter(([, times]) => times > 1),
    left: (await store.all()).map((one) => one.subject).sort(),
    refused: Array(bad).fill("bad"),
  };
}
