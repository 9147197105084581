// /viec-tren-may/: everything that this phone keeps, in words, and what can be done with it.
import { isSignedIn, queue, REVIEW } from "./queue.js";
import { pack } from "./carried.js";
import { el, icon } from "./state.js";

const KINDS = { lesson_done: "Học xong bài", check_answer: "Trả lời câu hỏi trong bài", test_start: "Bắt đầu bài kiểm tra", test_answer: "Trả lời", test_submit: "Nộp bài", feedback: "Góp ý" };
const ADVICE = {
  claimed: "Phần này đã ghi cho người khác, bạn bỏ việc này khỏi máy được.",
  stale: "Bài làm đã thay đổi ở nơi khác. Mở lại bài kiểm tra để xem.",
  closed: "Bài kiểm tra đã hết giờ hoặc đã nộp. Mở trang kết quả để xem.",
  card: "Bạn đang học bằng thẻ. Gõ mã 6 số rồi bấm “Gửi lại”.",
  own_pin: "Bài kiểm tra này cần mã của riêng bạn. Mở bài kiểm tra để gõ mã rồi bấm “Gửi lại”.",
};
const box = document.querySelector("[data-queue]");
const when = new Intl.DateTimeFormat("vi-VN", { dateStyle: "short", timeStyle: "short" });
let dropping = "";

function whose(action) {
  if (action.kind === "feedback") return "không ghi tên";
  if (!action.learner) return "chưa ghi tên ai";
  return queue.isMine(action) ? "của bạn" : "của người khác dùng máy này";
}

function row(action) {
  const bad = action.state === REVIEW;
  const words = [el("p", {}, el("strong", {}, KINDS[action.kind] || action.kind), action.label ? `: ${action.label}` : "")];
  words.push(el("p", { class: "note" }, `${when.format(new Date(action.at))} · ${whose(action)}`));
  if (bad) words.push(el("p", {}, icon("warning"), ` Cần xem lại: ${action.message}`), el("p", {}, ADVICE[action.code] || "Bạn có thể gửi lại, hoặc bỏ việc này khỏi máy."));
  else words.push(el("p", {}, action.learner || action.kind === "feedback" ? "Đã lưu trên máy, chưa gửi." : "Đã lưu trên máy. Đăng ký hoặc đăng nhập để ghi tên bạn."));
  return el("div", { class: "card", role: "listitem" }, ...words, bad ? buttons(action) : null);
}

function button(label, kind, act) {
  const made = el("button", { type: "button", class: `btn ${kind} small` }, label);
  made.addEventListener("click", act);
  return made;
}

function buttons(action) {
  if (dropping !== action.uuid) return el("p", { class: "btns" }, button("Gửi lại", "quiet", () => queue.retry(action.uuid)), button("Bỏ khỏi máy", "plain", () => { dropping = action.uuid; show(); }));
  return el("p", { class: "btns" }, el("span", {}, "Bỏ thì việc này mất hẳn. Bạn chắc chứ?"), button("Bỏ hẳn", "danger", () => queue.drop(action.uuid)), button("Giữ lại", "quiet", () => { dropping = ""; show(); }));
}

async function show() {
  const actions = await queue.list();
  const { durable } = await queue.store();
  const parts = [];
  if (!durable) parts.push(el("div", { class: "alert warning" }, icon("warning"), el("div", {}, el("p", {}, "Trình duyệt này không cho lưu trên máy (đang ở chế độ riêng tư, hoặc máy đã đầy). Việc bạn làm chỉ còn khi trang đang mở. Hãy mở bằng trình duyệt thường, hoặc xóa bớt ảnh, video cũ."))));
  if (!actions.length) parts.push(el("p", { class: "empty" }, icon("check"), " Mọi việc đã gửi hết. Không còn việc nào nằm lại trên máy này."));
  const going = actions.some((action) => action.state !== REVIEW && (action.learner || action.kind === "feedback"));
  if (going && isSignedIn()) parts.push(el("p", {}, button("Gửi ngay", "full", (event) => { event.target.textContent = "Đang gửi…"; queue.sendNow().then(show); })));
  if (going && !isSignedIn()) parts.push(el("p", {}, "Bạn chưa đăng nhập trên máy này. ", el("a", { href: "/dang-nhap/?next=/viec-tren-may/" }, "Đăng nhập để gửi")));
  parts.push(el("div", { role: "list" }, ...actions.map(row)));
  box.replaceChildren(...parts);
  await showCarry(actions.filter((action) => action.claim && !action.learner && ["lesson_done", "check_answer"].includes(action.kind)));
}

// --- Carrying: a link, a QR code, and on Android the real browser instead of Zalo's ---
const section = document.querySelector("[data-carry]");
const here = document.querySelector("[data-carry-here]");
let carried = "";

async function showCarry(actions) {
  section.hidden = !actions.length || typeof CompressionStream !== "function";
  if (section.hidden) return;
  const link = `${location.origin}/mang-theo/#${await pack(actions)}`;
  if (link === carried) return;
  carried = link;
  const field = el("input", { type: "text", readonly: true, value: link, "aria-label": "Đường dẫn mang phần đã học" });
  const said = el("p", { role: "status", class: "note" });
  const copy = button("Chép đường dẫn", "quiet", async () => {
    try { await navigator.clipboard.writeText(link); said.textContent = "Đã chép. Mở trình duyệt và dán vào ô địa chỉ."; } catch { field.select(); said.textContent = "Giữ ngón tay trên ô chữ để chép."; }
  });
  const parts = [el("p", {}, field), el("p", { class: "btns" }, copy)];
  if (/Android/.test(navigator.userAgent) && /Zalo/.test(navigator.userAgent)) {
    const scheme = location.protocol.slice(0, -1);
    parts.unshift(el("p", {}, el("a", { class: "btn full", href: `intent://${location.host}/mang-theo/#${link.split("#")[1]}#Intent;scheme=${scheme};action=android.intent.action.VIEW;end` }, "Mở bằng trình duyệt")));
  }
  here.replaceChildren(...parts, said);
  try {
    const response = await fetch("/api/v1/carry/code/", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ link }) });
    if (!response.ok) return;
    const picture = el("img", { alt: "Mã QR: quét bằng máy khác để học tiếp ở đó", width: 260, height: 260, src: `data:image/svg+xml,${encodeURIComponent((await response.json()).svg)}` });
    here.append(el("p", {}, "Hoặc quét mã này bằng máy khác:"), el("p", { class: "center" }, picture));
  } catch { /* without network there is the link */ }
}

queue.subscribe(() => show());
show();
