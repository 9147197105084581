// What somebody chose to see ("Cỡ chữ, màu"). The server keeps a learner's own; the phone keeps a copy for the first
// paint (look.js), and that of nobody in particular. localStorage `hvs_look`:
//   { "": {…nobody's}, "<public id of a learner>": { text, theme, contrast, motion, simple, words } }
// Who has chosen nothing yet sees what nobody chose, so that letters do not shrink when she signs up.
import { queue } from "./queue.js";

const NAMES = ["text", "theme", "contrast", "motion", "simple", "words"];
const look = document.documentElement.dataset;

export const read = () => { try { return JSON.parse(localStorage.getItem("hvs_look")) || {}; } catch { return {}; } };

// Kept on the phone and seen at once; null takes back what was chosen. False: this browser keeps nothing.
export function put(who, chosen) {
  const { [who]: _, ...others } = read();
  const seen = chosen || others[""] || {};
  for (const name of NAMES) {
    if (seen[name]) look[name] = seen[name];
    else delete look[name];
  }
  try {
    localStorage.setItem("hvs_look", JSON.stringify(chosen ? { ...others, [who]: chosen } : others));
    return true;
  } catch { return false; }
}

// To the server, as the queue sends everything: later where there is no network now.
export const send = (chosen) => queue.add("display", "display", { chosen }, { latest: "display" });

// The server says what she chose on whatever phone. What she chose here and is not sent yet stands.
export async function follow({ learner, look: hers, look_at: at }) {
  if (!queue.isHers() || queue.learner() !== learner) return;
  if ((await queue.list()).some((action) => action.kind === "display" && action.learner === learner)) return;
  if (at) put(learner, hers); // what was chosen before the server kept it was said to stay on this phone
}
