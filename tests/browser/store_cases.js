// What befalls the phone's store in a real IndexedDB, each case with a fresh copy of the script: `name` chooses it,
// what it returns is looked at by test_queue_ends.py.
async ([, storeUrl, name]) => {
  const { store } = await import(`${storeUrl}?${name}`);
  const row = (n) => ({ uuid: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`, state: "waiting", learner: null, kind: "lesson_done", subject: `s-${n}`, data: {}, at: "2026-11-22", label: "", latest: "", course: "" });
  const pause = (ms) => new Promise((go) => setTimeout(go, ms));
  const plain = { open: IDBFactory.prototype.open, add: IDBObjectStore.prototype.add, getAll: IDBObjectStore.prototype.getAll, getAllKeys: IDBObjectStore.prototype.getAllKeys };

  // The databases that are opened from now on; with `gate` they are there only when it ends.
  function watch(gate = Promise.resolve()) {
    const opened = [];
    IDBFactory.prototype.open = function (...how) {
      const request = plain.open.apply(this, how);
      request.addEventListener("success", () => opened.push(request.result));
      Object.defineProperty(request, "onsuccess", { set: (act) => request.addEventListener("success", () => gate.then(act)) });
      return request;
    };
    return opened;
  }

  const onDisk = () => new Promise((done) => {
    plain.open.call(indexedDB, "hvs").onsuccess = ({ target: { result } }) => {
      result.transaction("actions").objectStore("actions").getAll().onsuccess = ({ target }) => { result.close(); done(target.result); };
    };
  });

  const cases = {
    // What is added at any moment around the disk's answer is on it in the end, and nowhere twice.
    async late() {
      let answer;
      watch(new Promise((go) => { answer = go; }));
      const phone = await store(); // after its patience
      const { unread } = phone;
      for (let n = 0; n < 30; n++) await phone.put(row(n));
      await phone.change("seq:of-an-attempt", () => 7);
      await phone.edit(row(3).uuid, (kept) => ({ ...kept, sealed: { seq: 7 } }));
      answer();
      let n = 30;
      const edits = [];
      for (let round = 0; round < 40; round++) {
        edits.push((await store()).put(row(n++)), phone.put(row(n++)));
        if (round === 5) edits.push(phone.edit(row(29).uuid, (kept) => ({ ...kept, sealed: { seq: 8 } })));
        await (round % 2 ? pause(2) : null);
      }
      await Promise.all(edits);
      await pause(200);
      const kept = await onDisk();
      const after = (await store()).unread;
      const seq = await (await store()).get("seq:of-an-attempt");
      IDBObjectStore.prototype.getAll = IDBObjectStore.prototype.getAllKeys = () => { throw new DOMException("mute", "UnknownError"); };
      const mute = [await phone.all().then((rows) => rows.length), phone.unread];
      Object.assign(IDBObjectStore.prototype, { getAll: plain.getAll, getAllKeys: plain.getAllKeys });
      return { seq, mute, unread, after, added: n, kept: kept.length, shown: (await (await store()).all()).length, sealed: kept.filter(({ sealed }) => sealed).map(({ subject, sealed }) => [subject, sealed.seq]), marked: kept.filter((one) => "fleeting" in one).length };
    },

    // Rows that do not come together, and then one that does not come at all.
    async by_rows() {
      const phone = await store();
      for (const n of [1, 2, 3]) await phone.put(row(n));
      const { get } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.getAll = () => { throw new DOMException("mute", "UnknownError"); };
      const rows = (await phone.all()).map(({ subject }) => subject);
      const { unread } = phone;
      let asked = 0;
      IDBObjectStore.prototype.get = function (...how) { asked += 1; if (asked === 2) throw new DOMException("mute", "UnknownError"); return get.apply(this, how); };
      const less = (await phone.all()).map(({ subject }) => subject);
      IDBObjectStore.prototype.get = get;
      IDBObjectStore.prototype.getAll = plain.getAll;
      return { rows, unread, less, then: phone.unread };
    },

    // What stands in localStorage of the rows: broken, and then of one that is sealed, claimed, and named.
    async marks() {
      const told = () => JSON.parse(localStorage.getItem("hvs_unsent"))[row(2).uuid].slice(0, 3);
      const phone = await store();
      const kept = [];
      for (const [n, broken] of ["5", '{"x":null}', '{"x":[]}'].entries()) {
        localStorage.setItem("hvs_unsent", broken);
        await phone.put(row(n));
        kept.push((await phone.all()).filter(({ fleeting }) => !fleeting).length, (await phone.all()).length);
      }
      const steps = [];
      for (const change of [{ sealed: {} }, { learner: "her" }, { label: "Bài 2" }]) {
        await phone.edit(row(2).uuid, (one) => ({ ...one, ...change }));
        steps.push(told());
      }
      return { kept, steps };
    },

    // Of another, who was told of already: looked for no more, so that nothing waits for it.
    async told() {
      const { dropped } = await import(`${storeUrl}?${name}`);
      localStorage.setItem("hvs_unsent", JSON.stringify({ [row(1).uuid]: ["her", "lesson_done", "Bài 1", "s-1", true] }));
      const opened = watch();
      const found = await dropped();
      return { found, opened: opened.length, kept: Object.keys(JSON.parse(localStorage.getItem("hvs_unsent"))).length };
    },

    // A full disk, and then the browser takes the database away.
    async closed() {
      const opened = watch();
      const phone = await store();
      IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };
      const durable = await phone.put(row(1));
      IDBObjectStore.prototype.add = plain.add;
      for (const database of opened) { database.close(); database.onclose(new Event("close")); }
      const rows = await (await store()).all();
      return { durable, again: opened.length, rows: rows.map(({ subject, fleeting }) => [subject, fleeting]) };
    },

    // A newer page changed the database: this one goes on in its memory.
    async outdated() {
      await store();
      await new Promise((done) => { plain.open.call(indexedDB, "hvs", 2).onsuccess = ({ target: { result } }) => { result.close(); done(); }; });
      const phone = await store();
      const durable = await phone.put(row(1));
      const rows = (await phone.all()).length;
      await new Promise((done) => { indexedDB.deleteDatabase("hvs").onsuccess = done; });
      return { durable, rows };
    },
  };
  try { return await cases[name](); } finally { IDBFactory.prototype.open = plain.open; IDBObjectStore.prototype.add = plain.add; }
}
