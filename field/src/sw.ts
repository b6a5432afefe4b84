// The shell of the app, kept so that it opens without a network. A file is kept only if its bytes are the ones that
// were built: a portal that answers everything with its own page stays out. A new version waits until the app says so.
const sw = self as unknown as ServiceWorkerGlobalScope;
declare const __FILES__: Record<string, string>;
declare const __MARK__: string;

const NAME = `di-ho-${__MARK__}`;
const BASE = "/app/";

async function sameBytes(body: ArrayBuffer, wanted: string): Promise<boolean> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return btoa(String.fromCharCode(...digest)) === wanted;
}

async function keepAll(): Promise<void> {
  const kept = await caches.open(NAME);
  await Promise.all(
    Object.entries(__FILES__).map(async ([name, wanted]) => {
      const answer = await fetch(BASE + name, { cache: name.includes(".") && !name.endsWith("manifest") ? "default" : "no-cache" });
      const copy = answer.clone();
      if (!answer.ok || !(await sameBytes(await copy.arrayBuffer(), wanted))) throw new Error(`not ours: ${name}`);
      await kept.put(BASE + name, answer);
    }),
  );
}

sw.addEventListener("install", (event) => event.waitUntil(keepAll()));

sw.addEventListener("activate", (event) =>
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("di-ho-") && name !== NAME) await caches.delete(name);
      await sw.clients.claim();
    })(),
  ),
);

sw.addEventListener("message", (event) => {
  if (event.data === "take") event.waitUntil(sw.skipWaiting());
});

sw.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== sw.location.origin) return;
  if (!url.pathname.startsWith(BASE) || url.pathname.startsWith(`${BASE}api/`)) return;
  const name = event.request.mode === "navigate" ? "" : url.pathname.slice(BASE.length);
  if (!(name in __FILES__)) return;
  event.respondWith(
    (async () => (await (await caches.open(NAME)).match(BASE + name)) ?? (await fetch(event.request)))(),
  );
});
