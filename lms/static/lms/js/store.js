// What this phone keeps: actions not sent yet, and small things by name. IndexedDB where the browser has
// it, else the page's memory; `durable` says which, and the screens say it. docs/queue.md tells the fields.
const NAME = "hvs";
const VERSION = 1;
const OPEN_MS = 4000; // a database that another, older page blocks must not hold up the lesson

const asPromise = (request) => new Promise((done, fail) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});

function openDatabase() {
  return new Promise((done, fail) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const actions = request.result.createObjectStore("actions", { keyPath: "n", autoIncrement: true });
      actions.createIndex("uuid", "uuid", { unique: true });
      request.result.createObjectStore("kept");
    };
    const late = new Promise((come) => {
      request.onsuccess = () => {
        request.result.onclose = () => { opened = null; }; // the browser took its space back: open it anew
        request.result.onversionchange = () => { request.result.close(); opened = null; }; // a newer page may go on
        done(request.result);
        come(request.result);
      };
    });
    request.onerror = () => fail(request.error);
    setTimeout(() => fail(Object.assign(new Error("blocked"), { late })), OPEN_MS);
  });
}

// One transaction: `work` gets the object store and its result is returned once it is on the disk.
function inDatabase(db) {
  return (name, mode, work) => new Promise((done, fail) => {
    const transaction = db.transaction(name, mode, mode === "readwrite" ? { durability: "strict" } : {});
    let result;
    transaction.oncomplete = () => done(result);
    transaction.onabort = transaction.onerror = () => fail(transaction.error || new Error("aborted"));
    Promise.resolve(work(transaction.objectStore(name))).then((value) => { result = value; }, (error) => { fail(error); try { transaction.abort(); } catch { /* it ended */ } });
  });
}

// What is on the disk stands in localStorage too, which outlives a browser that takes the disk's space back:
// by uuid, [whose, kind, label, what only the last counts of, whether another was told that it is gone].
const MARKS = "hvs_unsent";
const MOST_MARKS = 400;
// What is no mark is passed over: to throw here would say that an action was not kept.
function marks() {
  try { return Object.fromEntries(Object.entries(JSON.parse(localStorage.getItem(MARKS)) || {}).filter(([, row]) => Array.isArray(row) && typeof row[1] === "string")); } catch { return {}; }
}
function remark(change) {
  const made = marks();
  change(made);
  try { localStorage.setItem(MARKS, JSON.stringify(Object.fromEntries(Object.entries(made).slice(-MOST_MARKS)))); } catch { /* nothing is noted: nothing is missed */ }
}
const slot = ({ kind, subject, latest }) => latest || (kind === "lesson_done" ? subject : "");
const marked = (action) => [action.learner || "", action.kind, action.label, slot(action)];
function mark(action) {
  const row = marked(action);
  remark((made) => {
    for (const [uuid, old] of Object.entries(made)) if (row[3] && old[3] === row[3] && old[0] === row[0]) delete made[uuid]; // done anew
    made[action.uuid] = row;
  });
}
export const unmark = (...uuids) => remark((made) => { for (const uuid of uuids) delete made[uuid]; });

// Whose work it was has to hear of it all the same: whoever else was told is not told again.
export const toldAnother = (...uuids) => remark((made) => { for (const uuid of uuids) if (made[uuid]) made[uuid][4] = true; });
const isToBeSaid = ([learner,,,, told]) => !told || ["hvs_in=1", `hvs_who=${learner}`].every((one) => document.cookie.includes(one));

// What the browser dropped, as [uuid, whose, kind, label]. A row is marked after it is kept, and no more before it
// goes: what is marked before and after the disk was read, and is not on it, was taken from it.
export async function dropped() {
  const before = Object.entries(marks()).filter(([, row]) => isToBeSaid(row));
  const phone = before.length && (await store());
  const here = phone && new Set((await phone.all()).map(({ uuid }) => uuid));
  const missing = here && phone.durable && !phone.unread ? before.filter(([uuid]) => !here.has(uuid)) : [];
  if (!missing.length) return [];
  await new Promise((go) => setTimeout(go, 500)); // another tab's mark comes late
  const after = marks();
  return missing.filter(([uuid]) => after[uuid]).map(([uuid, row]) => [uuid, ...row]);
}

function databaseStore(db) {
  const run = inDatabase(db);
  return {
    durable: true,
    all: () => run("actions", "readonly", (store) => asPromise(store.getAll())),
    // Where they do not come together: as many as come one by one, and whether those are all.
    each: async () => {
      const rows = [];
      const keys = await run("actions", "readonly", (store) => asPromise(store.getAllKeys()));
      for (const n of keys) rows.push(await run("actions", "readonly", (store) => asPromise(store.get(n))).catch(() => null));
      return [rows.filter(Boolean), !rows.includes(null)];
    },
    // Keeps a new action; true once it would outlive the page.
    put: (action) => run("actions", "readwrite", (store) => asPromise(store.add(action))).then(() => { mark(action); return true; }),
    // Changes the action of that uuid by `change`, or removes it when that returns null; nothing when it is gone.
    edit: (uuid, change) => {
      let otherwise = false; // also where it got an owner, or its name: another shall not read what is hers
      return run("actions", "readwrite", async (store) => {
        const found = await asPromise(store.index("uuid").get(uuid));
        const was = found && String(marked(found));
        const changed = found && change(found);
        otherwise = Boolean(changed) && (changed.uuid !== uuid || String(marked(changed)) !== was);
        if (found && (!changed || changed.uuid !== uuid)) unmark(uuid);
        if (changed) await asPromise(store.put(changed));
        else if (found) await asPromise(store.delete(found.n));
        return changed || null;
      }).then((changed) => { if (otherwise) mark(changed); return changed; });
    },
    get: (name) => run("kept", "readonly", (store) => asPromise(store.get(name))),
    // Reads, changes and writes a small thing without another tab in between; undefined removes it.
    change: (name, change) => run("kept", "readwrite", async (store) => {
      const value = change(await asPromise(store.get(name)));
      await asPromise(value === undefined ? store.delete(name) : store.put(value, name));
      return value;
    }),
  };
}

// Its rows say that they end with the page: `fleeting`.
export function memoryStore(first = 0) {
  const actions = new Map();
  const kept = new Map();
  let n = first;
  const copy = (value) => (value === undefined ? undefined : structuredClone(value));
  const shown = (action) => ({ ...copy(action), fleeting: true });
  return {
    durable: false,
    instead: new Map(), // uuid of a row on the disk → how that row stands
    all: async () => [...actions.values()].sort((one, other) => one.n - other.n).map(shown),
    each: () => Promise.reject(new Error("no disk")),
    put: async (action) => { const row = { n: ++n, ...copy(action) }; actions.set(row.n, row); return false; },
    edit: async (uuid, change) => {
      const found = [...actions.values()].find((action) => action.uuid === uuid);
      const changed = found && change(copy(found));
      if (changed) actions.set(found.n, copy(changed));
      else if (found) actions.delete(found.n);
      return changed ? shown(changed) : null;
    },
    named: () => [...kept],
    get: async (name) => copy(kept.get(name)),
    change: async (name, change) => {
      const value = change(copy(kept.get(name)));
      if (value === undefined) kept.delete(name);
      else kept.set(name, copy(value));
      return value;
    },
  };
}

// The disk may be full in the middle of a lesson: a new action that does not fit waits in the page, behind what
// did. How an action stands, where that does not fit, the page knows over the row that stays on the disk; never
// what was done, which would end with that row.
export function withSpare(main, spare = memoryStore(1e12)) {
  const { instead } = spare;
  const store = {
    ...main,
    all: async () => {
      const [rows, whole] = await main.all().then((all) => [all, true]).catch(() => main.each()).catch(() => [[], false]);
      store.unread = !whole; // said, and what needs all of it waits
      return [...rows.map((row) => instead.get(row.uuid) || row), ...(await spare.all())];
    },
    // One that is there already (a link opened in two tabs) is no full disk.
    put: (action) => main.put(action).catch((error) => error.name === "ConstraintError" || spare.put(action)),
    edit: async (uuid, change) => {
      const inPage = await spare.edit(uuid, change);
      if (inPage) return inPage;
      const [first, now] = [...instead].find(([, row]) => row.uuid === uuid) || [uuid];
      let was = null;
      let changed = null;
      try {
        const put = await main.edit(first, (row) => { was = now || row; changed = change(was); return changed; });
        instead.delete(first);
        return put;
      } catch (error) {
        if (!changed || changed.data !== was.data) throw error;
        instead.set(first, changed);
        return changed;
      }
    },
  };
  return store;
}

let opened = null;
const spare = memoryStore(1e12); // outlives a database that the browser closes

// The disk answers late: until then the page's memory, which does not know what the disk keeps (`unread`);
// after that the disk, once it has what the memory took meanwhile.
function meanwhile(late) {
  const phone = { ...spare, unread: true };
  late.then((db) => {
    const disk = withSpare(databaseStore(db), spare);
    const moved = move(disk).then(() => { Object.defineProperty(phone, "unread", { get: () => disk.unread }); phone.durable = true; opened = Promise.resolve(disk); });
    for (const name of ["all", "put", "edit", "get", "change"]) phone[name] = (...how) => moved.then(() => disk[name](...how));
  });
  return phone;
}

async function move(disk) {
  for (const { n: _, fleeting: __, ...action } of await spare.all()) {
    await spare.edit(action.uuid, () => null);
    await disk.put(action);
  }
  for (const [name, value] of spare.named()) await disk.change(name, (kept) => kept ?? value).catch(() => {}); // a full disk
}

// The phone's store; the same one within a page until the browser closes its database.
export function store() {
  opened = opened || openDatabase().then((db) => withSpare(databaseStore(db), spare), (error) => (error.late ? meanwhile(error.late) : spare));
  return opened;
}
