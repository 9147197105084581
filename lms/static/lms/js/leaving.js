// Before she leaves the phone what she did is sent, and the phone forgets what is lit of hers. What cannot go
// now is told at /dang-xuat/. state.js imports this, so it imports nothing of that.
import { queue, reached } from "./queue.js";

const PATIENCE = 3000;

// How much stays of hers, and of who else is known to share her sign-in.
export async function letGo() {
  await Promise.race([queue.sendNow(), new Promise((go) => setTimeout(go, PATIENCE))]);
  const left = (await queue.list()).filter(({ learner }) => learner && (learner === queue.learner() || queue.nameOf(learner))).length;
  if (!left && (await reached())) await (await queue.store()).change(`lit:${queue.learner()}`, () => undefined);
  return left;
}

export async function leave(form) {
  if ((await letGo()) || !(await reached())) location.assign("/dang-xuat/"); // without network: says so, and she is still in
  else form.submit();
}
