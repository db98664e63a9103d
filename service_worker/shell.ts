/** The exact list of files kept offline, and which request is answered from it. */
import { cleanupOutdatedCaches, matchPrecache, precache } from 'workbox-precaching';
import { answerFrom } from './routes';
import { tileFor } from './tiles';

export interface KeptFile {
  url: string;
  revision: string | null;
}

/** Code of the map: kept when first used; its names carry a hash, so what is there is right for ever. */
export const LAZY_CACHE = 'gridwalk-lazy';
const LAZY_KEPT = 6;

export function keepShell(worker: ServiceWorkerGlobalScope, files: KeptFile[]): void {
  precache(files);
  cleanupOutdatedCaches();
  const kept = new Set(files.map((file) => file.url));
  worker.addEventListener('fetch', (event) => {
    const route = answerFrom(new URL(event.request.url), event.request, worker.location.origin, kept);
    if (route === 'shell') {
      wakeDatabase();
      event.respondWith(kept_or_network('/app', event.request));
    }
    if (route === 'kept') event.respondWith(kept_or_network(new URL(event.request.url).pathname, event.request));
    if (route === 'tile') event.respondWith(tileFor(event.request, (work) => event.waitUntil(work)));
    if (route === 'lazy') event.respondWith(lazily(event.request));
  });
}

/** The page will ask for its database: the browser takes 100 ms to open it on the disk, time in which the page loads. */
function wakeDatabase(): void {
  indexedDB?.databases?.().catch(() => {});
}

async function kept_or_network(url: string, request: Request): Promise<Response> {
  return (await matchPrecache(url)) ?? fetch(request);
}

async function lazily(request: Request): Promise<Response> {
  const there = await caches.match(request);
  if (there) return there;
  const cache = await caches.open(LAZY_CACHE);
  const answer = await fetch(request);
  if (!answer.ok) return answer;
  for (const old of (await cache.keys()).slice(0, -LAZY_KEPT)) await cache.delete(old); // of versions gone by
  await cache.put(request, answer.clone());
  return answer;
}
