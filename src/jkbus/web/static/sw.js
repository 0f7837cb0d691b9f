// Keeps the page's own files, so that the installed page opens when the gateway is away and can say so.
//
// The network comes first, always: a new version is used the moment it is there, and files of two versions never mix
// for long. What was kept is used only when nobody answers within PATIENCE ms. Data (api/...) is never kept or touched.

const KEPT = "jkbus-page";
const PATIENCE = 4000;
const SHELL = ["./", "style.css", "css/shell.css", "css/ui.css", "css/overview.css", "css/pack.css", "icons/icon.svg", "manifest.webmanifest"].concat(
  ["theme", "main", "routes", "nav", "lib", "api", "live", "format", "icons", "ui", "views/overview", "views/pack"].map((name) => `js/${name}.js`),
  ["words", "strip", "tile", "whole", "line", "head", "cells", "temperatures", "details", "recent"].map((name) => `js/pack/${name}.js`),
  ["preact", "hooks", "htm"].map((name) => `vendor/${name}.js`),
);

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(KEPT).then((kept) => Promise.allSettled(SHELL.map((path) => kept.add(new Request(path, { cache: "no-cache" }))))));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const scope = new URL(self.registration.scope);
  const ours = url.origin === scope.origin && url.pathname.startsWith(scope.pathname);
  const data = ours && url.pathname.slice(scope.pathname.length).startsWith("api/");
  if (request.method === "GET" && ours && !data) event.respondWith(freshOrKept(event));
});

async function freshOrKept(event) {
  const fresh = fetch(event.request);
  const keeping = fresh.then(keep(event.request)).catch(() => {});
  event.waitUntil(keeping);
  const kept = await caches.match(event.request, { cacheName: KEPT, ignoreSearch: true });
  if (!kept) return fresh;
  const answer = await Promise.race([fresh.catch(() => kept), new Promise((resolve) => setTimeout(resolve, PATIENCE, kept))]);
  return answer.status >= 500 ? kept : answer;
}

const keep = (request) => async (answer) => {
  if (answer.ok && answer.type === "basic") await (await caches.open(KEPT)).put(request, answer.clone());
};
