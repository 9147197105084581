// What was learned on this phone before anybody signed in: it is asked whose it was, once of each person.
// Gets the tools of state.js as an argument: a script that imports it cannot be imported by it.
import { askWho, queue, whoLearns } from "./queue.js";

// An answer "not I", as the phone keeps it; who has no learning of her own here answers as "-".
const refusal = ({ uuid }) => `${whoLearns() || "-"} ${uuid}`;

// Puts into the strip what is asked of these actions, and how to answer.
export async function ask(tools, actions, lines, doing) {
  const { el, many, press } = tools;
  const refused = (await (await queue.store()).get("notmine")) || [];
  const asked = actions.filter((action) => !refused.includes(refusal(action)));
  if (!asked.length) return;
  const found = `Trên máy này có ${many(asked.length)} học`;
  if (!queue.isHers()) {
    lines.push(`${found} chưa ghi tên ai. Tải lại trang để chọn người đã học.`);
    doing.push(el("a", { class: "btn quiet small", href: location.pathname }, "Tải lại trang"));
  } else if (whoLearns()) {
    const shown = document.querySelector(".account .who span");
    const name = shown ? shown.textContent : "tôi";
    lines.push(`${found} trước khi đăng nhập. Có phải ${name} đã học không?`);
    doing.push(press(`Đúng, ghi cho ${name}`, () => { tools.done(`Đã ghi cho ${name}.`); return claim(tools, asked); }));
    doing.push(press("Không phải", () => { tools.done(""); return decline(asked); }));
  } else if (await recordsNobody(tools.state())) {
    lines.push(`${found} chưa ghi tên ai. Tài khoản cán bộ không ghi kết quả học: người đã học đăng nhập thì máy gửi.`);
    doing.push(press("Ẩn lời nhắc này", () => { tools.done(""); return decline(asked); }));
  } else {
    lines.push(`${found} chưa ghi tên ai nên chưa gửi. Ai đã học?`);
    doing.push(el("a", { class: "btn quiet small", href: `/ai-dang-hoc/?next=${encodeURIComponent(location.pathname)}` }, "Chọn người học"));
  }
}

// Whether the sign-in is a colleague's, who has no learning of her own here.
let met = null;
async function recordsNobody(state) {
  met = met || (await state) || (await askWho().catch(() => null));
  return Boolean(met && met.signed_in && !met.learner && !met.choose);
}

// They are not hers. What is learned here without an account from now on is asked about anew, and can be
// claimed apart from these.
async function decline(actions) {
  const store = await queue.store();
  const still = await queue.unclaimed();
  const known = (mark) => still.some(({ uuid }) => mark.endsWith(uuid));
  await store.change("notmine", (marks = []) => [...marks.filter(known), ...actions.map(refusal)]).catch(() => {});
  await store.change("claim", () => undefined).catch(() => {});
  queue.changed();
}

// What the phone showed as nobody's is hers now.
export async function claim({ keepLit, showLamps }, actions) {
  const taken = await queue.claim(actions);
  const lessons = taken.filter((action) => action.kind === "lesson_done" && action.course);
  for (const { course, subject } of lessons) await keepLit(course, subject);
  await putOut(lessons);
  for (const slot of document.querySelectorAll("[data-lamps]")) await showLamps(slot.dataset.course);
}

// The lamps of these lessons are nobody's no more.
export async function putOut(lessons) {
  const gone = lessons.map((action) => action.subject);
  const rest = (kept = {}) => Object.fromEntries(Object.entries(kept).map(([slug, items]) => [slug, items.filter((item) => !gone.includes(item))]));
  await (await queue.store()).change("lit:nobody", rest).catch(() => {});
}
