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
    if (route === 'shell') {
      wakeDatabase();
      event.respondWith(kept_or_network('/app', event.request));
    }
    if (route === 'kept') event.respondWith(kept_or_network(new URL(event.request.url).pathname, event.request));
    if (route === 'tile') event.respondWith(unlessLeft(tileFor(event.request, (work) => event.waitUntil(unlessLeft(work)))));
    if (route === 'lazy') event.respondWith(lazily(event.request));
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
  const there = await matchPrecache(url);
  if (there) return there;
  const answer = fetch(request);
  return request.mode === 'navigate' ? answer : unlessLeft(answer); // in place of a page would come an error of the browser
}

async function lazily(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? unlessLeft(bring(request));
}

/** Laid in place of a start that is gone: a page came up in the version before at the very moment when the two were changed. */
const ANEW = "const at='gridwalk.anew';if(Date.now()-sessionStorage.getItem(at)>1e4){sessionStorage.setItem(at,Date.now());location.reload()}";

async function bring(request: Request): Promise<Response> {
  if (new URL(request.url).pathname.startsWith('/static/dist/start-')) {
    const start = await fetch(request).catch(() => undefined);
    return start?.ok ? start : new Response(ANEW, { headers: { 'content-type': 'text/javascript' } });
  }
  const cache = await caches.open(LAZY_CACHE);
  const answer = await fetch(request);
  if (!answer.ok) return answer;
  for (const old of (await cache.keys()).slice(0, -LAZY_KEPT)) await cache.delete(old); // of versions gone by
  await cache.put(request, answer.clone());
  return answer;
}
