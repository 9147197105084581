// A begun test's page as the worker keeps it (docs/offline.md): beside it stands what was chosen on it since,
// sent or not. A page that comes from the server knows that by itself. Both go when she hands in or leaves.
import { whoLearns } from "./queue.js";

const LATER = 10000; // the worker may keep a page only some seconds after it was opened

export const isKept = () => "kept" in document.documentElement.dataset;

// A kept page is hers alone: whoever else learns here now does not see it.
export const isAnothers = (learner) => isKept() && whoLearns() !== learner;

export function beside(learner) {
  const name = `sheet-${learner}`;
  const key = `${location.pathname}chosen.json`;
  let picked = {}; // by question: what is not beside the page yet
  let turn = Promise.resolve();
  let later = 0;

  // One after the other, among the tabs too: each adds to what the others wrote.
  function next(work) {
    const act = async () => {
      if (!("caches" in window) || !(await caches.has(name))) return {};
      const cache = await caches.open(name);
      const found = await cache.match(key);
      return work(cache, found ? await found.json() : {});
    };
    const done = turn.then(() => (navigator.locks ? navigator.locks.request(name, act) : act()));
    turn = done.catch(() => {});
    return done;
  }

  const write = () => next(async (cache, found) => {
    const going = picked;
    if (!Object.keys(going).length) return; // the one before wrote it
    picked = {};
    try { await cache.put(key, new Response(JSON.stringify({ ...found, ...going }))); } catch (error) { picked = { ...going, ...picked }; throw error; }
  });

  return {
    // What was chosen before, for a kept page; nothing for one from the server, which begins anew.
    recall: () => next(async (cache, found) => {
      if (isKept()) return found;
      await cache.delete(key);
      return {};
    }),
    remember(question, choices) {
      picked[question] = choices;
      clearTimeout(later);
      later = setTimeout(() => write().catch(() => {}), LATER);
      return write();
    },
  };
}
