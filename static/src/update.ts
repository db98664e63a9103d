/**
 * The service worker and its new versions. One waits for the person's yes or the next start, and never takes over under
 * an open form. A page whose version has been passed says so: files of it that it has not used yet are gone from the phone.
 */
import { opensOffline } from './device/offline';
import type { LocalPhone } from './sync/index';
import { isDockTaken } from './ui/dock';

const CHANGE_MS = 6_000;
const SETTLE_MS = 4_000;
const LOOK_EVERY_MS = 3600_000;
/** In this tab's memory: somebody said yes to a new version, and the page was loaded anew before it was in charge. */
const TAKING = 'gridwalk.taking';

let is_passed = false;
let looked_at = 0;

export async function watchUpdates(phone: LocalPhone, worker: ServiceWorkerRegistration): Promise<void> {
  worker.installing?.addEventListener('statechange', (event) => {
    if ((event.target as ServiceWorker).state === 'redundant') opensOffline.value = !!worker.active;
  });
  worker.addEventListener('updatefound', () => {
    worker.installing?.addEventListener('statechange', () => void tellUpdate(phone));
  });
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    is_passed = true;
    void tellUpdate(phone);
  });
  await goOnTaking(worker);
  await tellUpdate(phone);
}

/** An app that stays open for days would never ask by itself. */
export async function lookForUpdate(phone: LocalPhone): Promise<void> {
  if (Date.now() - looked_at < LOOK_EVERY_MS) return;
  looked_at = Date.now();
  const worker = await navigator.serviceWorker?.getRegistration('/');
  await worker?.update().catch(() => {});
  await tellUpdate(phone);
}

/** To whoever is in now. */
export async function tellUpdate(phone: LocalPhone): Promise<void> {
  if (!navigator.serviceWorker?.controller) return;
  const worker = await navigator.serviceWorker.getRegistration('/');
  if (worker && await isPassed(worker)) is_passed = true;
  phone.store?.setUpdateReady(is_passed || worker?.waiting != null);
}

/** The worker in charge keeps the files of its own version alone. */
async function isPassed(worker: ServiceWorkerRegistration): Promise<boolean> {
  const start = [...document.scripts].find(({ src }) => src.includes('/start-'));
  return worker.active?.state === 'activated' && !!start && !(await caches.match(start.src, { cacheName: `workbox-precache-v2-${worker.scope}` }));
}

/** The worker that runs leaves off first: a browser waits with the new one until nothing is under way in the old. */
export async function applyUpdate(): Promise<void> {
  const worker = await navigator.serviceWorker?.getRegistration('/');
  if (!worker?.waiting) return location.reload(); // another tab has said yes already
  const anew = () => isDockTaken() || location.reload();
  navigator.serviceWorker.addEventListener('controllerchange', anew, { once: true }); // also while it is loaded anew: the old one may die with that
  setTimeout(() => { // a tap is answered, even where the browser does not change them now
    if (!isDockTaken()) remember();
    anew();
  }, CHANGE_MS);
  worker.active?.postMessage({ type: 'leave_off' });
  worker.waiting.postMessage({ type: 'use_new_version' });
}

/** The page may have come up in the version before, while the two were being changed. */
async function goOnTaking(worker: ServiceWorkerRegistration): Promise<void> {
  if (!wasTaking()) return;
  const until = Date.now() + SETTLE_MS;
  while (Date.now() < until && (worker.waiting || worker.active?.state !== 'activated')) await new Promise((resolve) => setTimeout(resolve, 100));
  if (await isPassed(worker) && !isDockTaken()) location.reload();
}

function remember(): void {
  try { sessionStorage.setItem(TAKING, '1'); } catch { /* then the line about a new version says it again */ }
}
function wasTaking(): boolean {
  try {
    const was = sessionStorage.getItem(TAKING) === '1';
    sessionStorage.removeItem(TAKING);
    return was;
  } catch { return false; }
}
