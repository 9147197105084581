// What Chromium 100 does not know is an error. Font families that it lacks are followed by one that it has.
export default {
  plugins: ["stylelint-no-unsupported-browser-features"],
  rules: {
    "plugin/no-unsupported-browser-features": [
      true,
      { browsers: ["chrome 100"], ignore: ["extended-system-fonts"], ignorePartialSupport: true, severity: "error" },
    ],
  },
};
