// A begun test's page as the worker keeps it (docs/offline.md): beside it stands what was chosen on it since,
// sent or not. A page that comes from the server knows that by itself. Both go when she hands in or leaves.
import { whoLearns } from "./queue.js";

export const isKept = () => "kept" in document.documentElement.dataset;

// A kept page is hers alone: whoever else learns here now does not see it.
export const isAnothers = (learner) => isKept() && whoLearns() !== learner;

export function beside(learner) {
  const name = `sheet-${learner}`;
  const key = `${location.pathname}chosen.json`;
  const open = async () => ("caches" in window && (await caches.has(name)) ? caches.open(name) : null);
  let picked = {}; // by question
  return {
    // What was chosen before, for a kept page; nothing for one from the server, which begins anew.
    async recall() {
      const cache = await open();
      if (!cache) return {};
      if (!isKept()) { if (!Object.keys(picked).length) await cache.delete(key); return {}; }
      const found = await cache.match(key);
      picked = { ...(found ? await found.json() : {}), ...picked };
      return picked;
    },
    async remember(question, choices) {
      picked[question] = choices;
      const cache = await open();
      if (cache) await cache.put(key, new Response(JSON.stringify(picked)));
    },
  };
}
