/**
 * The outside as a browser gives it, for the page and for the service worker alike (no `document`, no `window` here).
 * A browser in which IndexedDB cannot be opened (some private modes) counts as one without it.
 */
import type { ChannelLike, Env } from '../store/env';
import { browserLocks } from './locks';
import { opfsBallast, storageMeter } from './storage';

const PROBE = 'gridwalk-probe';
/** In localStorage: this browser was found to keep things. The probe costs a slow phone 60 ms at every start. */
const KEEPS = 'gridwalk.keeps';

export async function browserEnv(device: Env['device']): Promise<Env> {
  const env: Env = {
    now: () => Date.now(),
    setTimeout: (call, ms) => setTimeout(call, ms),
    clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
    random: () => Math.random(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    subtle: crypto.subtle,
    fetch: (url, init) => fetch(url, init),
    locks: browserLocks(),
    channel: openChannel,
    ballast: opfsBallast(),
    storage: storageMeter,
    link: () => (navigator as { connection?: { type?: string } }).connection?.type,
    device,
  };
  if (typeof CompressionStream !== 'undefined') env.gzip = gzip;
  if (!keptBefore() && !(await canKeep())) return alone(env);
  return { ...env, indexedDB };
}

/** Where nothing can be kept each page stands alone: its own rows, so no other page to wait for or to listen to. */
export function alone({ indexedDB: _kept, storage: _meter, ...env }: Env): Env {
  const none = async () => false;
  const tryRun = async (_name: string, work: () => Promise<void>) => (await work(), true);
  return { ...env, locks: { tryRun }, channel: () => ({ post: () => {}, close: () => {} }), ballast: { fill: none, release: none } };
}

/** The service worker has no such memory, and time. */
function keptBefore(): boolean {
  try { return typeof indexedDB !== 'undefined' && localStorage.getItem(KEEPS) === '1'; } catch { return false; }
}
function rememberThatItKeeps(): void {
  try { localStorage.setItem(KEEPS, '1'); } catch { /* the worker, or a browser that forgets */ }
}

function openChannel(name: string, onMessage: (message: unknown) => void): ChannelLike {
  if (typeof BroadcastChannel === 'undefined') return { post: () => {}, close: () => {} };
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event) => onMessage(event.data);
  return { post: (message) => channel.postMessage(message), close: () => channel.close() };
}

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

function canKeep(): Promise<boolean> {
  return new Promise((resolve) => {
    try { // where it is missing, or where even looking at it is refused, this throws
      const request = indexedDB.open(PROBE, 1);
      request.onsuccess = () => {
        request.result.close();
        rememberThatItKeeps();
        resolve(true);
      };
      // a full disk also fails here, with its own names: what was kept is still readable, so try on
      request.onerror = () => resolve(request.error?.name !== 'InvalidStateError' && request.error?.name !== 'SecurityError');
      request.onblocked = () => resolve(true);
    } catch {
      resolve(false);
    }
  });
}
