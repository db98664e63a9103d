/** The exact list of files kept offline, and which request is answered from it. */
import { cleanupOutdatedCaches, matchPrecache, precache } from 'workbox-precaching';
import { unlessLeft } from './leaving';
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
  worker.addEventListener('install', (event) => goPast(event as RoutingEvent));
  precache(files);
  cleanupOutdatedCaches();
  const kept = new Set(files.map((file) => file.url));
  worker.addEventListener('fetch', (event) => {
    const route = answerFrom(new URL(event.request.url), event.request, worker.location.origin, kept);
    const answer = (work: Promise<Response>) => event.respondWith(unlessLeft(work));
    if (route === 'shell') {
      wakeDatabase();
      answer(kept_or_network('/app', event.request));
    }
    if (route === 'kept') answer(kept_or_network(new URL(event.request.url).pathname, event.request));
    if (route === 'tile') answer(tileFor(event.request, (work) => event.waitUntil(unlessLeft(work))));
    if (route === 'lazy') answer(lazily(event.request));
  });
}

interface RoutingEvent extends ExtendableEvent {
  addRoutes?(rules: { condition: { urlPattern: string }; source: 'network' }[]): Promise<void>;
}
/**
 * What is asked of the server goes past the worker, where the browser can: no call waits until a worker has been started,
 * and none starts the old worker again while a new one takes its place, which would keep it in charge for half a minute.
 */
function goPast(event: RoutingEvent): void {
  void event.addRoutes?.([{ condition: { urlPattern: '/api/*' }, source: 'network' }]).catch(() => {});
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
