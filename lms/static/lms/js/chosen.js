// A form of choices that the server has not seen (`data-keep` says whose and which): they stay in this tab until
// another one is begun, so that a reload, Back or a form lost on the way takes none of them.
const NAME = "hvs_chosen";
const form = document.querySelector("form[data-keep]");

function keep(whole) {
  try { sessionStorage.setItem(NAME, JSON.stringify(whole)); } catch { /* a browser that keeps nothing */ }
}

function kept() {
  try { return JSON.parse(sessionStorage.getItem(NAME)) || {}; } catch { return {}; }
}

if (form) {
  const path = location.pathname;
  const inputs = [...form.querySelectorAll(".choices input")];
  const chosen = () => inputs.filter((input) => input.checked).map(({ name, value }) => [name, value]);
  const before = kept();
  if (before.path === path && before.of === form.dataset.keep && !chosen().length) {
    for (const input of inputs) input.checked = before.chosen.some(([name, value]) => name === input.name && value === input.value);
  }
  const save = () => keep({ path, of: form.dataset.keep, chosen: chosen() });
  form.addEventListener("change", save);
  if (chosen().length) save(); // tapped before this script ran
}
