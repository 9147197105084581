// "Tải khóa này về máy · 640 KB": asks the worker (sw-download.js) and says what it answers.
import { el, redraw } from "./state.js";

const SILENCE = 20000; // a browser may end its worker half-way: then it is asked again
const NAME = "hvs_kept"; // localStorage outlives a browser that takes the courses' space back
export const notes = () => { try { return JSON.parse(localStorage.getItem(NAME)) || {}; } catch { return {}; } };
const note = (course, said) => { try { localStorage.setItem(NAME, JSON.stringify({ ...notes(), [course]: { ...notes()[course], ...said } })); } catch { /* kept all the same */ } };
const WORDS = {
  none: "Trình duyệt này không giữ bài trên máy được (riêng tư, hoặc đã cũ). Có mạng, bạn vẫn học bình thường.",
  unready: "Chưa giữ được bài trên máy: máy hết chỗ trống, hoặc mạng yếu quá. Bạn xóa bớt ảnh, video cũ rồi mở lại trang này. Có mạng, bạn vẫn học bình thường.",
  kept: "Khóa này đã có trên máy: không có mạng vẫn học được.",
  heard: "Khóa này đã có trên máy, kèm tiếng đọc: không có mạng vẫn học và nghe được.",
  some: "Khóa này đã có trên máy: không có mạng vẫn học được. Tiếng đọc mới có một phần.",
  old: "Khóa này đã có trên máy, và vừa có bản mới.",
  gone: "Máy đã tự xóa khóa này để lấy chỗ trống.",
  offer: "Tải một lần, rồi học cả khi không có mạng.",
  going: "Đang tải về máy. Bạn cứ học tiếp.",
  stopped: "Đã dừng. Phần đã tải vẫn còn.",
  rest: "Khóa này mới tải về máy một phần. Phần đã tải vẫn còn.",
  cut: "Mất mạng. Phần đã tải vẫn còn; có mạng, bạn tải nốt.",
  changed: "Khóa này vừa được sửa.",
  full: "Máy hết chỗ trống. Hãy xóa bớt ảnh, video cũ rồi thử lại.",
};

export function weight(bytes) {
  const kb = Math.ceil(bytes / 1000);
  return kb < 1000 ? `${kb}\u00a0KB` : `${(Math.ceil(kb / 100) / 10).toLocaleString("vi-VN")}\u00a0MB`;
}

// Why nothing can be kept: forbidden (site data blocked), or it did not work out this time.
export const whyNot = ({ name }) => WORDS[["NotSupportedError", "SecurityError", "InvalidStateError"].includes(name) ? "none" : "unready"];

export async function offer(box, workers, brought) {
  const course = box.dataset.download;
  const said = el("p", { role: "status" });
  const bar = el("progress", { max: 1, value: 0, "aria-label": "Đã tải" });
  const row = el("p", { hidden: true }, bar);
  const buttons = el("p", { class: "btns" });
  const press = (words, act, kind = "quiet") => { const made = el("button", { type: "button", class: `btn ${kind}` }, words); made.addEventListener("click", act); return made; };
  const say = (state, ...made) => { box.hidden = false; if (said.textContent !== WORDS[state]) said.textContent = WORDS[state]; redraw(buttons, made, said); };
  box.append(el("h2", {}, "Học khi không có mạng"), said, row, buttons);
  if (!workers) return say("none");
  brought.catch((error) => { box.hidden = false; said.textContent = whyNot(error); });
  const ask = async (act, most, sound) => (await workers.ready).active.postMessage({ act, course, most, sound });
  const drop = () => press("Xóa khỏi máy", () => { note(course, { done: false, going: false, no: true }); ask("drop"); }, "plain");
  // `going`: what of the bytes she agreed to is not spent yet, whether she was asked (Wi-Fi asks nobody), and
  // whether recordings are among them, which never come unless she tapped for them.
  const get = (bytes, title, tapped, sound) => { note(course, { title, going: { tapped, left: bytes, sound }, no: false }); ask("get", bytes, sound); };
  const onWifi = ({ connection } = navigator) => connection && !connection.saveData && ["wifi", "ethernet"].includes(connection.type);
  let timer = 0;

  workers.addEventListener("message", ({ data: { course: which, state, bytes, spent, title, kept, sound, heard, away } }) => {
    if (which !== course) return;
    clearTimeout(timer);
    row.hidden = state !== "going";
    if (state === "nothing") { box.hidden = true; return; }
    if (state === "going") {
      bar.value = spent / (bytes || 1);
      const { going } = notes()[course] || {};
      if (going) note(course, { going: { ...going, left: bytes - spent } });
      timer = setTimeout(ask, SILENCE, "look");
      if (said.textContent !== WORDS.going) say(state, press("Dừng tải", () => { note(course, { no: true }); ask("stop"); }));
      return;
    }
    const { going, done, no } = notes()[course] || {};
    const sounding = Boolean(going && going.sound && sound); // asked for, and cut off
    if (["offer", "old"].includes(state) || (state === "kept" && sounding)) {
      const byWifi = !no && onWifi();
      const cost = bytes + (sounding ? sound : 0);
      if (byWifi || (going && going.tapped && cost <= going.left)) { get(cost, title, !byWifi, sounding); return; }
    }
    const rest = going && state === "offer"; // more than was agreed to, or by another network: she is asked again
    if (state !== "cut" && !rest && !away) note(course, { going: false });
    if (state === "kept") note(course, { done: true });
    if (away) { say(state, ...(state === "kept" ? [drop()] : [])); return; }
    const buy = (words, cost, aloud) => press(`${words} · ${weight(cost)}`, () => { navigator.storage.persist?.(); get(cost, title, true, aloud); });
    const made = [];
    if (bytes) made.push(buy(kept ? "Tải bản mới" : rest ? "Tải nốt" : "Tải khóa này về máy", bytes));
    if (sound) made.push(buy(bytes ? "Tải kèm tiếng đọc" : "Tải tiếng đọc", bytes + sound, true));
    if (kept || state === "kept") made.push(drop());
    const words = state !== "kept" ? state : heard ? (sound ? "some" : "heard") : state;
    say(rest ? "rest" : state === "offer" && done ? "gone" : words, ...made);
  });
  workers.startMessages();
  addEventListener("online", () => ask("look"));
  return ask("look");
}
