// OFFLINE=False: the worker takes itself away. Downloaded courses and begun tests stay for its return.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name === "seen" || name.startsWith("shell-")) await caches.delete(name);
  await self.registration.unregister();
})()));
