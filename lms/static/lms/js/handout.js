// A lesson on paper: the button prints, with or without the answers.
const answers = document.querySelector(".sheet-answers");
const choice = document.querySelector("[data-answers]");
document.querySelector("[data-print]").addEventListener("click", () => print());
if (answers) choice.addEventListener("change", () => { answers.hidden = !choice.checked; });
else choice.closest("p").hidden = true;
