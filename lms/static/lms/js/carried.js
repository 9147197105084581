// What was learned without an account, as a link: gzip of JSON, base64url, behind the # of /mang-theo/.
// Its actions keep their uuids and their claim, so whoever opens it twice, or sends it from two phones, is
// recorded once. A link is somebody's words: everything in it is checked before it is kept.
const KINDS = ["lesson_done", "check_answer"];
const MOST = 200; // actions
const MOST_BYTES = 64 * 1024;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const through = async (bytes, stream) => new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());

export async function pack(actions) {
  const rows = actions.map(({ uuid, claim, kind, subject, data, at, label, course }) => [uuid, claim, kind, subject, data.choices || 0, at, label, course]);
  const bytes = await through(new TextEncoder().encode(JSON.stringify(rows)), new CompressionStream("gzip"));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// The actions of a link; throws on anything that is not one.
export async function unpack(text) {
  if (!/^[\w-]{20,20000}$/.test(text)) throw new Error("no link");
  const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const json = await bounded(bytes);
  const rows = JSON.parse(json);
  if (!Array.isArray(rows) || !rows.length || rows.length > MOST) throw new Error("no list");
  return rows.map(([uuid, claim, kind, subject, choices, at, label, course]) => {
    if (!UUID.test(uuid) || !UUID.test(claim) || !KINDS.includes(kind) || typeof subject !== "string" || subject.length > 60 || Number.isNaN(Date.parse(at))) throw new Error("no action");
    const data = Array.isArray(choices) ? { choices: choices.slice(0, 20).map(String) } : {};
    return { uuid, claim, kind, subject, data, at: new Date(at).toISOString(), label: String(label || "").slice(0, 200), course: /^[\w-]{1,60}$/.test(course) ? course : "", learner: null };
  });
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
