// What was learned without an account, as a link: gzip of JSON, base64url, behind the # of /mang-theo/.
// Its actions keep their uuids and their claim, so whoever opens it twice, or sends it from two phones, is
// recorded once. A link is somebody's words: everything in it is checked before it is kept, and none are shown.
const KINDS = ["lesson_done", "check_answer"];
const MOST = 200; // actions
const MOST_BYTES = 64 * 1024;
const MOST_LETTERS = 20000;
const MOST_CHOICE = 100; // letters; no choice of ours has a longer name
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const isUuid = (value) => typeof value === "string" && UUID.test(value); // a list of one would do for `test`

const through = async (bytes, stream) => new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());

// What matters most first: lessons, then answers, then each act of a practice, which nobody misses.
const weight = ({ kind, latest }) => (kind === "lesson_done" ? 0 : latest ? 1 : 2);

// As much of it as a link holds (`unpack` refuses more): {text, packed, left}, the last two in actions.
export async function pack(actions) {
  const first = actions.filter((action) => KINDS.includes(action.kind)).sort((one, other) => weight(one) - weight(other) || one.n - other.n);
  const rows = first.map(({ uuid, claim, kind, subject, data, at, course }) => [uuid, claim, kind, subject, data.choices || 0, at, course]);
  for (let many = Math.min(rows.length, MOST); ; many -= Math.ceil(many / 10)) {
    const json = new TextEncoder().encode(JSON.stringify(rows.slice(0, many)));
    const text = json.length > MOST_BYTES ? null : letters(await through(json, new CompressionStream("gzip")));
    if ((text && text.length <= MOST_LETTERS) || many === 0) return { text, packed: first.slice(0, many), left: first.slice(many) };
  }
}

const letters = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// The actions of a link; throws on anything that is not one.
export async function unpack(text) {
  if (!/^[\w-]{20,}$/.test(text) || text.length > MOST_LETTERS) throw new Error("no link");
  const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const json = await bounded(bytes);
  const rows = JSON.parse(json);
  if (!Array.isArray(rows) || !rows.length || rows.length > MOST) throw new Error("no list");
  const actions = rows.map(([uuid, claim, kind, subject, choices, at, ...rest]) => {
    const course = rest.pop(); // older links have a label before it
    if (!isUuid(uuid) || !isUuid(claim) || !KINDS.includes(kind) || typeof subject !== "string" || subject.length > 60 || Number.isNaN(Date.parse(at))) throw new Error("no action");
    const data = Array.isArray(choices) ? { choices: choices.slice(0, 20).map(String) } : {};
    if (data.choices && data.choices.some((choice) => choice.length > MOST_CHOICE)) throw new Error("no choice");
    return { uuid, claim, kind, subject, data, at: new Date(at).toISOString(), label: "", course: typeof course === "string" && /^[\w-]{1,60}$/.test(course) ? course : "", learner: null };
  });
  return [...new Map(actions.map((action) => [action.uuid, action])).values()];
}

// A small link must not become a large memory: reading stops at the bound.
async function bounded(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const parts = [];
  for (let total = 0; ;) {
    const { done, value } = await reader.read();
    if (done) break;
    total += value.length;
    if (total > MOST_BYTES) throw new Error("too much");
    parts.push(value);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(await new Blob(parts).arrayBuffer());
}
