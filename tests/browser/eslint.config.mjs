// What Chromium 100 does not know, and what makes code of words, is an error.
import compat from "eslint-plugin-compat";
import esx from "eslint-plugin-es-x";

// Arrays have methods of the same names, and a linter cannot tell whose they are.
const ofArraysToo = Object.keys(esx.rules).filter((name) => name.startsWith("no-iterator-prototype-"));

export default [
  compat.configs["flat/recommended"],
  esx.configs["flat/restrict-to-es2022"],
  {
    languageOptions: { ecmaVersion: 2022, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    settings: { browsers: ["chrome 100"], lintAllEsApis: true, "es-x": { aggressive: true } },
    rules: {
      ...Object.fromEntries(ofArraysToo.map((name) => [`es-x/${name}`, "off"])),
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-script-url": "error",
    },
  },
];
