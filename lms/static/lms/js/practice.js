// "Thử làm": plays the screens of the written version one at a time. Nothing typed leaves the page;
// `keep(key, acts)` is told only which act was done.
import { el, icon } from "./state.js";

const DRAWN = "Chỗ này chỉ là hình vẽ. Bạn đọc lời dặn phía trên rồi chọn chỗ khác nhé.";

// As quizzes/pretending.py squashes what is accepted: no accents, no case, no spaces.
export const squashed = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase().replace(/\s+/g, "");

const RUN = "01234567890123456789";
const EASY = [/^(\d+?)\1+$/, /^((\d)\2)+$/, /^(19|20)\d\d|(19|20)\d\d$/, /^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d\d$/];

// 444444, 121212, 112211, 012345, 123321; a year before or behind, a day with its month and year.
export function isEasy(digits) {
  const back = [...digits].reverse().join("");
  return new Set(digits).size < 3 || digits === back || RUN.includes(digits) || RUN.includes(back) || EASY.some((one) => one.test(digits));
}

export function isTaken(typed, { accept, refuse }) {
  const word = squashed(typed);
  if (word === "" || refuse.includes(word)) return false;
  const easy = refuse.includes("dedoan") && isEasy(word); // pretending.EASY
  return accept.includes(word) || (accept.includes("*") && !easy);
}

export function play(section, keep = () => {}) {
  const written = section.querySelector(".written");
  const screens = [...written.querySelectorAll("[data-screen]")];
  if (!screens.length) return;
  const find = (id) => screens.find((one) => one.dataset.screen === id);
  const live = el("p", { role: "status", class: "visually-hidden" });
  const stage = el("div", { class: "p-stage no-print" });
  let trail = [screens[0]];
  let note = null;

  const said = (id) => {
    const row = written.querySelector(`[data-why="${CSS.escape(id)}"]`);
    const words = row && row.querySelector("[data-said]");
    return { words: words ? words.textContent : "", wrong: Boolean(row && row.querySelector(".wrong")) };
  };

  // One note at a time: under the phone when the screen stays, above it when it changed.
  function tell(words, good, above) {
    if (note) note.remove();
    note = null;
    live.textContent = words;
    if (!words) return;
    note = el("p", { class: `feedback p-aside${good ? " right" : ""}` }, icon(good ? "check" : "info"), el("span", {}, words));
    stage.querySelector(above ? "[data-say]" : ".phone").after(note);
    if (!above) note.scrollIntoView({ block: "nearest" });
  }

  function act(id, to) {
    const { words, wrong } = said(id);
    keep(section.dataset.practice, [id]);
    if (!to) return tell(words, false, false);
    trail.push(find(to));
    show(true);
    tell(words, !wrong, true);
    const end = stage.querySelector("[data-end] .verdict");
    if (end) live.textContent = `${end.textContent.trim()}. ${words}`;
  }

  function back() {
    trail.pop();
    show(true);
    tell("");
  }

  function again() {
    trail = [screens[0]];
    show(true);
    tell("");
  }

  function pressable(place) {
    const button = el("button", { type: "button", class: place.className }, ...place.childNodes);
    button.addEventListener("click", (event) => { event.stopPropagation(); act(place.dataset.act, place.dataset.to); });
    if (place.dataset.box) ["left", "top", "width", "height"].forEach((side, n) => { button.style[side] = `${place.dataset.box.split(" ")[n]}%`; });
    place.replaceWith(button);
  }

  function judge(place, text) {
    const { typed, yes, no, to } = place.dataset;
    const good = isTaken(text, JSON.parse(typed));
    if (text.trim()) act(good ? yes : no, good ? to : "");
    else tell("Bạn hãy gõ vào ô trước đã.", false, false);
    return good;
  }

  function describe(control, place) {
    const hint = place.querySelector(".p-hint");
    if (hint) control.setAttribute("aria-describedby", hint.id = `${section.dataset.practice}-hint`);
  }

  function typing(place) {
    const blank = place.querySelector(".p-blank");
    if (place.dataset.digits) return keypad(place, blank);
    const label = place.querySelector(".p-label").textContent;
    const input = el("input", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-label": label });
    describe(input, place);
    const form = el("form", { class: "p-form" }, input, el("button", { type: "submit", class: "p-button main" }, "Xong"));
    form.addEventListener("submit", (event) => { event.preventDefault(); input.setAttribute("aria-invalid", !judge(place, input.value)); });
    blank.replaceWith(form);
  }

  function keypad(place, blank) {
    const most = Number(place.dataset.digits);
    let digits = "";
    const shown = el("p", { class: "p-digits", role: "status" });
    const draw = () => shown.replaceChildren(el("span", { "aria-hidden": "true" }, "●".repeat(digits.length) + "○".repeat(most - digits.length)), el("span", { class: "visually-hidden" }, `Đã gõ ${digits.length} trong ${most} số`));
    const press = (key) => {
      digits = key === "Xóa" ? digits.slice(0, -1) : (digits + key).slice(0, most);
      draw();
      if (digits.length < most || key === "Xóa") return;
      const full = digits;
      digits = "";
      draw();
      judge(place, full);
    };
    const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "Xóa", "0"].map((key) => {
      const button = el("button", { type: "button" }, key);
      button.addEventListener("click", () => press(key));
      return button;
    });
    const pad = el("div", { class: "p-keys", role: "group", "aria-label": "Bàn phím số" }, ...keys);
    pad.addEventListener("keydown", (event) => {
      if (/^\d$/.test(event.key)) press(event.key);
      else if (event.key === "Backspace") press("Xóa");
    });
    describe(pad, place);
    blank.replaceWith(shown, pad);
    draw();
  }

  function drawn(screen) {
    const phone = screen.querySelector("[data-phone]");
    if (!phone) return null;
    const copy = phone.cloneNode(true);
    copy.querySelectorAll("[data-act]").forEach(pressable);
    copy.querySelectorAll("[data-typed]").forEach(typing);
    copy.addEventListener("click", (event) => { if (!event.target.closest("button, form, .p-keys")) tell(DRAWN, false, false); });
    return copy;
  }

  function show(move) {
    const screen = trail[trail.length - 1];
    const left = Number(screen.dataset.left);
    const end = screen.querySelector("[data-end]");
    const title = el("h3", { tabindex: "-1" }, screen.querySelector("h3").textContent.replace(/^\d+\. /, ""));
    const far = end ? "đã đến cuối" : `còn khoảng ${left} bước`;
    const buttons = [];
    if (trail.length > 1) {
      buttons.push(el("button", { type: "button", class: "btn quiet small" }, icon("back"), "Quay lại"), el("button", { type: "button", class: "btn quiet small" }, icon("undo"), "Làm lại từ đầu"));
      buttons[0].addEventListener("click", back);
      buttons[1].addEventListener("click", again);
    }
    const inside = [el("p", { class: "over" }, `Bước ${trail.length} · ${far}`), title, screen.querySelector("[data-say]").cloneNode(true), drawn(screen), end && end.cloneNode(true), el("p", { class: "btns" }, ...buttons)];
    stage.replaceChildren(...inside.filter(Boolean));
    if (!move) return;
    stage.scrollIntoView({ block: "start" });
    title.focus({ preventScroll: true });
  }

  // Closed details print nothing in browsers that have no ::details-content.
  let open = false;
  addEventListener("beforeprint", () => { open = written.open; written.open = true; });
  addEventListener("afterprint", () => { written.open = open; });
  show(false);
  written.before(live, stage);
  section.classList.add("played");
}
