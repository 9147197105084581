// /mang-theo/: what the link brings is kept on this phone, each action once.
import { queue, request } from "./queue.js";
import { unpack } from "./carried.js";
import { el, keepNobodys } from "./state.js";

const MOST_NAMELESS = 400; // actions that nobody signed, on one phone
const MOST_COURSES = 5;
const box = document.querySelector("[data-carried]");
const say = (...lines) => box.replaceChildren(...lines.map((line) => el("p", {}, line)));

// What the lessons are called is the site's to say, not the link's.
async function titles(courses) {
  const found = {};
  for (const course of [...new Set(courses)].slice(0, MOST_COURSES)) {
    const list = await request(`/ngoai-tuyen/${course}.json`, {}).catch(() => ({}));
    for (const { item, title } of (list.status === 200 && list.said && list.said.lessons) || []) found[item] = title;
  }
  return found;
}

async function take(text) {
  const store = await queue.store();
  const here = await queue.list();
  const known = new Set(here.map((action) => action.uuid));
  const brought = await unpack(text);
  const fresh = brought.filter((action) => !known.has(action.uuid));
  if (here.filter((action) => !action.learner).length + fresh.length > MOST_NAMELESS) return say("Máy này đang giữ nhiều việc học chưa ghi tên ai, nên chưa mang thêm được. Hãy đăng ký hoặc đăng nhập để ghi tên, rồi mở lại đường dẫn.");
  let durable = true;
  for (const action of fresh) durable = (await store.put({ ...action, state: "waiting", latest: "" })) && durable;
  for (const action of fresh) if (action.kind === "lesson_done" && action.course) await keepNobodys(action.course, action.subject);
  const lessons = brought.filter((action) => action.kind === "lesson_done");
  const tell = (words = "") => say(`Đã mang sang máy này ${lessons.length} bài đã học${words && `: ${words}`}.`, durable ? "Phần này nằm trên máy. Bạn đăng ký hoặc đăng nhập thì nó được ghi tên bạn." : "Trình duyệt này không cho lưu trên máy: hãy đăng ký ngay trên trang này để không mất.");
  tell();
  history.replaceState(null, "", location.pathname);
  const named = await titles(brought.map((action) => action.course).filter(Boolean));
  for (const { uuid, subject } of fresh) if (Object.hasOwn(named, subject)) await store.edit(uuid, (kept) => ({ ...kept, label: named[subject] })).catch(() => {}); // it is called otherwise
  const words = lessons.map(({ subject }) => Object.hasOwn(named, subject) && named[subject]).filter(Boolean);
  if (words.length) tell(words.join("; "));
  return undefined;
}

const text = location.hash.slice(1);
if (!text) say("Đường dẫn này không mang theo bài nào.");
else take(text).catch(() => say("Đường dẫn này bị hỏng hoặc thiếu một phần, nên chưa mang được gì. Hãy chép lại cả đường dẫn."));
