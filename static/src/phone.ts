/**
 * The phone as the page has it: store and engine over the browser's own things, the page's events, the service worker
 * and its updates. Updates wait for the person's yes or the next start, and never take over under an open form.
 */
import { alone, browserEnv } from './device/env';
import { noteGone } from './device/gone';
import { nameManifest } from './device/install';
import { listenToPage } from './device/network';
import { opensOffline } from './device/offline';
import { slate } from './device/slate';
import { askToPersist, dropTiles } from './device/storage';
import type { Phone } from './store/api';
import { createPhone as createLocalPhone } from './sync/index';
import type { LocalPhone } from './sync/index';
import { isDockTaken } from './ui/dock';

const OUTBOX_TAG = 'gridwalk-outbox';

/**
 * `shown`: the first screen stands. Whatever it does not need waits for that, and for a moment of rest.
 * `in_page`: this phone's database does not open, so nothing is kept.
 */
export async function createPhone(shown: Promise<void>, in_page = false): Promise<Phone> {
  const env = await browserEnv({ label: labelOf(navigator.userAgent), platform: navigator.userAgent.slice(0, 120) });
  const phone = createLocalPhone(in_page ? alone(env) : env);
  phone.store_first = true;
  phone.calm = async () => { await shown; await rest(); };
  listenToPage({
    online: () => phone.engine?.wake('online'),
    visible: () => {
      phone.engine?.wake('visible');
      void lookForUpdate();
    },
    hidden: () => phone.engine?.hidden(),
  });
  phone.onOpened = (store) => {
    if (document.visibilityState === 'visible') phone.engine?.wake('visible');
    void askToPersist().then(() => store.measure(), () => {});
    store.onChange((kinds) => {
      if (kinds.has('outbox') && store.status().waiting) void askForWake();
    });
    void tellUpdate(phone);
    const lines = slate();
    if (lines) void store.pen(lines).then((pen) => pen.takeUp(store)).catch(() => {});
  };
  phone.onGone = () => {
    noteGone();
    void dropTiles().then(() => location.reload());
  };
  phone.applyUpdate = applyUpdate;
  void phone.calm().then(() => {
    nameManifest();
    return watchUpdates(phone);
  });
  return phone;
}

function rest(): Promise<void> {
  return new Promise((resolve) => ('requestIdleCallback' in window ? requestIdleCallback(() => resolve(), { timeout: 2000 }) : setTimeout(resolve, 300)));
}

/** What the list of devices calls this phone; the model where the browser tells it. */
export function labelOf(agent: string): string {
  const model = /Android [\d.]+; ([^;)]+)/.exec(agent)?.[1]?.trim();
  if (model && model !== 'K') return model.slice(0, 60);
  return /iPhone|iPad|Android|Windows|Macintosh|Linux/.exec(agent)?.[0] ?? 'browser';
}

async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  if (!('serviceWorker' in navigator)) return undefined;
  return navigator.serviceWorker.register('/sw.js', { scope: '/' }).catch(() => undefined);
}

async function watchUpdates(phone: LocalPhone): Promise<void> {
  const worker = await registration();
  opensOffline.value = !!(worker ?? navigator.serviceWorker?.controller);
  if (!worker) return;
  worker.installing?.addEventListener('statechange', (event) => {
    if ((event.target as ServiceWorker).state === 'redundant') opensOffline.value = !!worker.active;
  });
  worker.addEventListener('updatefound', () => {
    worker.installing?.addEventListener('statechange', () => void tellUpdate(phone));
  });
  await tellUpdate(phone);
}
const LOOK_EVERY_MS = 3600_000;
let looked_at = 0;
/** An app that stays open for days would never ask by itself. */
async function lookForUpdate(): Promise<void> {
  if (Date.now() - looked_at < LOOK_EVERY_MS) return;
  looked_at = Date.now();
  const worker = await navigator.serviceWorker?.getRegistration('/');
  await worker?.update().catch(() => {});
}
async function tellUpdate(phone: LocalPhone): Promise<void> {
  if (!('serviceWorker' in navigator) || !navigator.serviceWorker.controller) return;
  const worker = await navigator.serviceWorker.getRegistration('/');
  phone.store?.setUpdateReady(worker?.waiting != null);
}
const CHANGE_MS = 8_000;
/** The worker that runs leaves off first: a browser waits with the new one until nothing is under way in the old. */
export async function applyUpdate(): Promise<void> {
  const worker = await navigator.serviceWorker?.getRegistration('/');
  if (!worker?.waiting) return location.reload(); // another tab has said yes already
  navigator.serviceWorker.addEventListener('controllerchange', () => isDockTaken() || location.reload(), { once: true });
  setTimeout(() => isDockTaken() || location.reload(), CHANGE_MS); // a tap is answered, even where the browser does not change them now
  worker.active?.postMessage({ type: 'leave_off' });
  worker.waiting.postMessage({ type: 'use_new_version' });
}

interface WithSync extends ServiceWorkerRegistration {
  sync?: { register(tag: string): Promise<void> };
}
/** Where the browser can: the worker goes on when the page is closed and the link comes back. */
async function askForWake(): Promise<void> {
  const worker = (await navigator.serviceWorker?.getRegistration('/')) as WithSync | undefined;
  await worker?.sync?.register(OUTBOX_TAG).catch(() => {});
}
