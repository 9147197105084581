// "Có bản mới": a newer worker waits (docs/offline.md, rule 5). Who taps gets it at once where no other page of ours is
// open; who does not loses nothing, and has it once all of them were closed.
import { queue } from "./queue.js";
import { el } from "./state.js";

const PATIENCE = 6000; // a version that says nothing by then is left alone
const LATER = "hvs_update"; // until this tab is closed
let waits = null; // the newest version of those that came while this page is open
let strip = null;

export function say(workers, waiting) {
  waits = waiting;
  const header = document.querySelector("header.top");
  try { if (sessionStorage.getItem(LATER)) return; } catch { /* asked again on the next page */ }
  if (strip || !header) return;
  const words = el("p", { role: "status" }, "Học Vụ Số có bản mới. Đổi chỉ mất vài giây, phần đã học không mất.");
  const button = (label, act, kind = "quiet") => { const made = el("button", { type: "button", class: `btn ${kind} small` }, label); made.addEventListener("click", act); return made; };
  const take = button("Dùng bản mới", () => begin(workers, words, take));
  const later = button("Để sau", () => {
    strip.remove();
    try { sessionStorage.setItem(LATER, "1"); } catch { /* this page is rid of it */ }
  }, "plain");
  strip = el("section", { class: "now", "aria-label": "Bản mới" }, el("div", { class: "now-in" }, words, el("div", { class: "btns" }, take, later)));
  header.after(strip);
}

async function begin(workers, words, take) {
  take.disabled = true; // two taps begin once
  words.textContent = "Đang đổi sang bản mới…";
  let timer;
  const reload = () => location.reload();
  const stay = (why) => {
    clearTimeout(timer);
    workers.removeEventListener("controllerchange", reload);
    take.disabled = false;
    words.textContent = why;
  };
  if ((await queue.list()).some((action) => action.fleeting)) return stay("Máy chưa lưu được việc bạn vừa làm: đổi bản bây giờ là mất. Bạn gửi việc ấy trước đã.");
  timer = setTimeout(stay, PATIENCE, "Chưa đổi được. Bạn cứ dùng tiếp như thường, không mất gì cả.");
  workers.addEventListener("controllerchange", reload, { once: true });
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data: open }) => { if (open > 1) stay("Bạn đang mở Học Vụ Số ở trang khác nữa. Hãy đóng trang ấy rồi bấm lại."); };
  waits.postMessage({ act: "takeover" }, [port2]);
}
