// /gop-y/: what is said of a page is kept on the phone first, so that a weak network loses no word of it.
import { queue } from "./queue.js";
import { el, icon } from "./state.js";

const PATIENCE = 3000; // then it is said where it is; it goes by itself
const form = document.querySelector("form[data-feedback]");
const note = el("div", { role: "status", tabindex: "-1" });
let busy = false;

function say(kind, words) {
  note.className = `alert ${kind}`;
  note.replaceChildren(icon({ success: "check", info: "info" }[kind] || "warning"), el("div", {}, el("p", {}, words)));
  if (!note.isConnected) form.before(note);
  note.focus();
}

// The form goes only when its words are in safe hands, and comes back with what the server says against them.
function show(kind, words) {
  form.hidden = true;
  say(kind, words);
}

async function refused(uuid, words) {
  busy = false;
  form.hidden = false;
  say("error", words);
  await queue.drop(uuid); // what she wrote is in the form
}

async function send({ page, helped, text, trang_web = "" }) {
  const { uuid, durable } = await queue.add("feedback", page || "/", { helped, text: text || "", ...(trang_web ? { trang_web } : {}) });
  const waiting = setTimeout(() => {
    if (durable) show("success", "Đã lưu ý kiến của bạn trên máy. Khi có mạng, máy sẽ tự gửi. Cảm ơn bạn.");
    else say("warning", "Chưa gửi được, và trình duyệt này không cho lưu trên máy: xin giữ trang mở đến khi gửi xong.");
  }, navigator.onLine ? PATIENCE : 0);
  queue.subscribe(({ what, uuid: of, answer, message }) => {
    if (of !== uuid || !["sent", "refused"].includes(what)) return;
    clearTimeout(waiting);
    if (what === "sent") show("success", answer.message);
    else refused(uuid, message);
  });
}

// Her words are on their way already: pressed again they are not sent twice, but at once.
function again() {
  queue.sendNow();
  if (note.isConnected) note.focus();
  else say("info", "Đang gửi ý kiến của bạn…");
}

if (form) {
  form.addEventListener("submit", (event) => {
    const said = Object.fromEntries(new FormData(form));
    if (!said.helped) return; // the form itself goes, and says what is missing
    event.preventDefault();
    if (busy) return again();
    busy = true;
    send(said).catch(() => form.submit());
  });
}
