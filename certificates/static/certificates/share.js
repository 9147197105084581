// Copying the address of a paper, or handing it to Zalo through the phone's own share sheet.
const said = document.querySelector("[data-said]");

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      said.textContent = "Đã chép. Bạn mở Zalo, bấm giữ ô viết tin rồi chọn Dán.";
    } catch {
      said.textContent = "Máy này không cho chép tự động. Bạn bấm giữ vào đường dẫn ở trên rồi chọn Sao chép.";
    }
  });
}

for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const { share: url, title } = button.dataset;
    navigator.share({ title, url }).catch(() => {}); // she closed the sheet: nothing to say
  });
}
