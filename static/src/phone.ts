/**
 * The phone as the page has it: store and engine over the browser's own things, the page's events. New versions: update.ts.
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
      void phone.calm().then(updates).then((it) => it.lookForUpdate(phone)).catch(() => {});
    },
    hidden: () => phone.engine?.hidden(),
  });
  phone.onOpened = (store) => {
    if (document.visibilityState === 'visible') phone.engine?.wake('visible');
    void askToPersist().then(() => store.measure(), () => {});
    store.onChange((kinds) => {
      if (kinds.has('outbox') && store.status().waiting) void askForWake();
    });
    void updates().then((it) => it.tellUpdate(phone)).catch(() => {});
    const lines = slate();
    if (lines) void store.pen(lines).then((pen) => pen.takeUp(store)).catch(() => {});
  };
  phone.onGone = () => {
    noteGone();
    void dropTiles().then(() => location.reload());
  };
  phone.applyUpdate = () => updates().then((it) => it.applyUpdate()).catch(() => void (isDockTaken() || location.reload()));
  void phone.calm().then(async () => {
    nameManifest();
    const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
    const worker = await workers?.register('/sw.js', { scope: '/' }).catch(() => undefined);
    opensOffline.value = !!(worker ?? workers?.controller);
    if (worker) await (await updates()).watchUpdates(phone, worker);
  }).catch(() => {});
  return phone;
}

/** Not needed for the first screen. */
const updates = () => import('./update');

function rest(): Promise<void> {
  return new Promise((resolve) => ('requestIdleCallback' in window ? requestIdleCallback(() => resolve(), { timeout: 2000 }) : setTimeout(resolve, 300)));
}

/** What the list of devices calls this phone; the model where the browser tells it. */
export function labelOf(agent: string): string {
  const model = /Android [\d.]+; ([^;)]+)/.exec(agent)?.[1]?.trim();
  if (model && model !== 'K') return model.slice(0, 60);
  return /iPhone|iPad|Android|Windows|Macintosh|Linux/.exec(agent)?.[0] ?? 'browser';
}

interface WithSync extends ServiceWorkerRegistration {
  sync?: { register(tag: string): Promise<void> };
}
/** Where the browser can: the worker goes on when the page is closed and the link comes back. */
async function askForWake(): Promise<void> {
  const worker = (await navigator.serviceWorker?.getRegistration('/')) as WithSync | undefined;
  await worker?.sync?.register(OUTBOX_TAG).catch(() => {});
}
