// A scanned card brings its secret behind the #: it is posted, never part of an address that is sent or kept.
const form = document.querySelector("[data-card]");
const token = location.hash.slice(1);
if (form && /^[\w-]{43}$/.test(token)) {
  history.replaceState(null, "", location.pathname);
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "token", value: token }));
  form.submit();
}
