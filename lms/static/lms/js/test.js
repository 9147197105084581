// The final test: each answer is saved at once, with words that say where it is. The form works without this.
import { createQueue, Refused, SignedOut } from "./queue.js";

const form = document.getElementById("bai-lam");
const SAVED = { stored: "Đã lưu trên máy, đang gửi…", waiting: "Đã lưu trên máy. Chưa có mạng, trang sẽ tự gửi lại.", sent: "Đã gửi", refused: "" };
const SETTLED = 600;
const WARN = [10, 5, 1]; // minutes left that are said aloud

function start() {
  let seq = Number(form.dataset.seq);
  let handingIn = false;
  const timers = new Map();
  const questions = [...form.querySelectorAll("fieldset[data-question]")];
  const total = document.getElementById("tinh-hinh");
  const byKey = (key) => questions.find((one) => one.dataset.question === key);
  const chosen = (field) => [...field.querySelectorAll("input:checked")].map((input) => input.value);
  const say = (field, words) => { field.querySelector("[data-saved]").textContent = words; };
  const answered = () => questions.filter((field) => chosen(field).length).length;

  const queue = createQueue({
    csrf: form.elements.csrfmiddlewaretoken.value,
    learner: form.dataset.learner,
    tell: (what, action) => { const field = byKey(action.data.question); if (field && SAVED[what]) say(field, SAVED[what]); },
  });

  function moveTo(to) {
    seq = to;
    form.elements.seq.value = String(to);
  }

  // The page went on elsewhere: show what was answered there, keep what is chosen here, and send it again.
  function merge(field, { seq: now, answers }) {
    moveTo(now);
    for (const other of questions) {
      const kept = answers[other.dataset.question];
      if (other === field || !kept || timers.has(other)) continue;
      for (const input of other.querySelectorAll("input")) input.checked = kept.includes(input.value);
      say(other, "Đã gửi từ nơi khác");
    }
    return save(field);
  }

  async function save(field) {
    timers.delete(field);
    try {
      const { data } = await queue.add("test_answer", form.dataset.attempt, () => ({ seq, question: field.dataset.question, choices: chosen(field) }));
      moveTo(data.seq);
      total.textContent = `${answered()} trong ${questions.length} câu đã lưu`;
    } catch (error) {
      if (error instanceof Refused && error.data.code === "stale") return merge(field, error.data);
      if (error instanceof Refused && error.data.code === "closed") { handingIn = true; return form.requestSubmit ? location.reload() : form.submit(); }
      // The server keeps the sheet, asks for her own PIN, and shows the answers again.
      if (error instanceof Refused && error.data.code === "own_pin") return handIn("save");
      say(field, error instanceof SignedOut ? `${error.message}` : `Chưa gửi được: ${error.message}`);
    }
  }

  form.addEventListener("change", (event) => {
    const field = event.target.closest("fieldset[data-question]");
    if (!field) return;
    say(field, "Đã lưu trên máy…");
    clearTimeout(timers.get(field));
    timers.set(field, setTimeout(() => save(field), SETTLED));
  });

  // Everything is sent before the form is: the form then carries the last step it knows.
  form.addEventListener("submit", async (event) => {
    if (handingIn) return;
    event.preventDefault();
    const button = event.submitter || form.querySelector("button[value=submit]");
    button.classList.add("busy");
    for (const [field, timer] of [...timers]) { clearTimeout(timer); save(field); }
    total.textContent = navigator.onLine ? "Đang gửi các câu trả lời…" : "Chưa có mạng. Các câu trả lời còn trên máy; có mạng lại, bài sẽ được nộp.";
    await queue.idle();
    await queue.idle(); // a merge may have added one more
    handIn(button.value);
  });

  function handIn(what) {
    if (handingIn) return;
    handingIn = true;
    const action = document.createElement("input");
    Object.assign(action, { type: "hidden", name: "action", value: what });
    form.append(action);
    form.submit();
  }

  addEventListener("beforeunload", (event) => {
    if (handingIn || !timers.size) return;
    event.preventDefault();
    event.returnValue = "";
  });

  clock();
}

// The time left: seen all the time, said aloud only a few times.
function clock() {
  const left = document.getElementById("con-lai");
  const aloud = document.getElementById("nhac-gio");
  const offset = Date.parse(form.dataset.now) - Date.now();
  const deadline = Date.parse(form.dataset.deadline);
  const said = new Set();
  const tick = () => {
    const minutes = Math.ceil((deadline - Date.now() - offset) / 60000);
    left.textContent = minutes > 1 ? `Còn ${minutes} phút.` : minutes === 1 ? "Còn chưa đến 1 phút." : "Đã hết giờ. Bạn bấm Nộp bài để xem kết quả.";
    const due = minutes <= 0 ? 0 : WARN.find((mark) => minutes === mark);
    if (due !== undefined && !said.has(due)) {
      said.add(due);
      aloud.textContent = left.textContent;
    }
    if (minutes > 0) setTimeout(tick, 5000);
  };
  tick();
}

const notice = document.getElementById("bao");
if (notice) notice.focus();
if (form) start();
