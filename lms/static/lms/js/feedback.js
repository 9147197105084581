// /gop-y/: what is said of a page is kept on the phone first, so that a weak network loses no word of it.
import { queue } from "./queue.js";
import { el, icon } from "./state.js";

const form = document.querySelector("form[data-feedback]");
if (form) {
  form.addEventListener("submit", async (event) => {
    const { page, helped, text } = Object.fromEntries(new FormData(form));
    if (!helped || navigator.onLine) return; // with network the form itself goes, and says what is missing
    event.preventDefault();
    await queue.add("feedback", page || "/", { helped, text: text || "" });
    const words = "Đã lưu ý kiến của bạn trên máy. Khi có mạng, máy sẽ tự gửi. Cảm ơn bạn.";
    const note = el("div", { class: "alert success", role: "status", tabindex: "-1" }, icon("check"), el("div", {}, el("p", {}, words)));
    form.replaceWith(note);
    note.focus();
  });
}
