// Before she leaves the phone what she did is sent; as she goes the phone forgets what is lit of hers. What cannot
// go now is told at /dang-xuat/. state.js imports this, so it imports nothing of that.
import { queue, reached } from "./queue.js";

const PATIENCE = 3000;
const DISK = 1000; // one that does not answer holds nobody back
const within = (act, ms, instead) => Promise.race([act.catch(() => instead), new Promise((go) => setTimeout(go, ms, instead))]);

async function rows() {
  const all = await queue.list();
  return (await queue.store()).unread && !all.length ? null : all;
}

// How much stays of hers, and of who else is known to share her sign-in; null where the disk does not say.
export async function letGo() {
  await within(queue.sendNow(), PATIENCE);
  const kept = await within(rows(), DISK, null);
  return kept && kept.filter(({ learner }) => learner && (learner === queue.learner() || queue.nameOf(learner))).length;
}

// With the form of any page. She is still in where it cannot go, and reads so.
let busy = false;
export async function leave(form) {
  if (busy) return undefined;
  busy = true;
  const button = form.querySelector("button");
  const words = button.textContent;
  button.textContent = "Đợi chút…";
  const [left, there] = await Promise.all([letGo(), reached()]);
  busy = false;
  button.textContent = words; // also for who comes back to this page
  if (there && left) return location.assign("/dang-xuat/");
  return there ? go(form) : stay();
}

export async function go(form) {
  const forget = async () => (await queue.store()).change(`lit:${queue.learner()}`, () => undefined);
  await within(forget(), DISK);
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
