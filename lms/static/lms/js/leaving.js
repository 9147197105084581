// Before she leaves the phone what she did is sent; as she goes the phone forgets what is lit of hers. What cannot
// go now is told at /dang-xuat/. state.js imports this, so it imports nothing of that.
import { queue, reached } from "./queue.js";

const PATIENCE = 3000;
const BUSY = "Đợi chút…";

// How much stays of hers, and of who else is known to share her sign-in.
export async function letGo() {
  await Promise.race([queue.sendNow(), new Promise((go) => setTimeout(go, PATIENCE))]);
  return (await queue.list()).filter(({ learner }) => learner && (learner === queue.learner() || queue.nameOf(learner))).length;
}

// With the form of any page. She is still in where it cannot go, and reads so.
export async function leave(form) {
  const button = form.querySelector("button");
  const words = button.textContent;
  if (words === BUSY) return undefined;
  button.textContent = BUSY;
  const [left, there] = await Promise.all([letGo(), reached()]);
  if (there && left) return location.assign("/dang-xuat/");
  if (there) return go(form);
  button.textContent = words;
  return stay();
}

export async function go(form) {
  await (await queue.store()).change(`lit:${queue.learner()}`, () => undefined).catch(() => {});
  form.submit();
}

const note = Object.assign(document.createElement("div"), { className: "alert warning" });
note.setAttribute("role", "alert");
export function stay() {
  const words = document.createElement("p");
  words.textContent = "Bạn chưa thoát, vì thoát cần có mạng. Bạn vẫn đang đăng nhập trên máy này: khi có mạng, bạn bấm Thoát lần nữa. Máy mượn thì đừng trả trước khi thoát xong.";
  note.replaceChildren(words);
  document.querySelector("main").prepend(note);
  note.scrollIntoView({ block: "nearest" });
}
