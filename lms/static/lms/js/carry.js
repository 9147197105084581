// /mang-theo/: what the link brings is kept on this phone, each action once.
import { queue } from "./queue.js";
import { unpack } from "./carried.js";
import { el, keepLit } from "./state.js";

const box = document.querySelector("[data-carried]");
const say = (...lines) => box.replaceChildren(...lines.map((line) => el("p", {}, line)));

async function take(text) {
  const store = await queue.store();
  const known = new Set((await queue.list()).map((action) => action.uuid));
  const brought = await unpack(text);
  const fresh = brought.filter((action) => !known.has(action.uuid));
  let durable = true;
  for (const action of fresh) durable = (await store.put({ ...action, state: "waiting", latest: "" })) && durable;
  for (const action of fresh) if (action.kind === "lesson_done" && action.course) await keepLit(action.course, action.subject);
  const lessons = brought.filter((action) => action.kind === "lesson_done").map((action) => action.label || action.subject);
  say(`Đã mang sang máy này ${lessons.length} bài đã học: ${lessons.join("; ")}.`, durable ? "Phần này nằm trên máy. Bạn đăng ký hoặc đăng nhập thì nó được ghi tên bạn." : "Trình duyệt này không cho lưu trên máy: hãy đăng ký ngay trên trang này để không mất.");
  history.replaceState(null, "", location.pathname);
}

const text = location.hash.slice(1);
if (!text) say("Đường dẫn này không mang theo bài nào.");
else take(text).catch(() => say("Đường dẫn này bị hỏng hoặc thiếu một phần, nên chưa mang được gì. Hãy chép lại cả đường dẫn."));
