// /dang-xuat/: what could not be sent yet is told to who would leave it on this phone.
import { go, letGo, stay } from "./leaving.js";
import { reached } from "./queue.js";
import { el, icon } from "./state.js";

const box = document.querySelector("[data-leaving]");
const show = (kind, words, ...more) => box.replaceChildren(el("div", { class: `alert ${kind}` }, icon(kind === "success" ? "check" : "warning"), el("div", {}, el("p", {}, words), ...more)));

async function tell(first) {
  const left = await letGo();
  if (left === null) return show("warning", "Máy chưa đọc được những gì đã lưu, nên chưa biết còn việc nào chưa gửi. Việc đã lưu vẫn nằm lại trên máy này, và gửi được khi bạn đăng nhập lại ở máy này.");
  if (!left) return first || show("success", "Đã gửi hết. Bạn thoát được rồi.");
  const again = el("button", { type: "button", class: "btn quiet small" }, "Gửi lại ngay");
  again.addEventListener("click", () => { again.textContent = "Đang gửi…"; tell(false); });
  const words = `${left} việc của bạn chưa gửi được. Thoát bây giờ thì việc ấy nằm lại trên máy này, và chỉ gửi được khi bạn đăng nhập lại ở máy này.`;
  return show("warning", words, el("p", { class: "btns" }, again, el("a", { href: "/viec-tren-may/" }, "Xem việc trên máy")));
}

document.querySelector("main form[method=post]").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await reached()) go(event.target);
  else stay();
});

tell(true);
