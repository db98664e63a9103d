/**
 * Tiles that somebody looked at, kept for looking at them again without a network: what was seen and no more, the oldest
 * out first, and nothing where the phone has little room. At most 400 of 48 KiB, so never more than 19 MiB.
 *
 * Only an answer that may be read is kept (CORS). One that may not counts as several MB of the phone's room in Chromium,
 * and an error is not told from a tile: it is passed on and forgotten.
 */
import { TILE_CACHE, storageMeter } from '../static/src/device/storage';

export const TILES_KEPT = 400;
export const LARGEST_BYTES = 48 * 1024;
const AT_A_TIME = 20; // between two looks at the bounds
const FRESH_MS = 30 * 86_400_000;
const ROOM_LEFT_BYTES = 64 * 1024 * 1024;
const KEPT_AT = 'x-kept-at';

let until_tidied = 0;
let may_keep = true;
const unreadable = new Set<string>(); // hosts that let no other site read

export async function tileFor(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> {
  const cache = await caches.open(TILE_CACHE).catch(() => undefined);
  const there = await cache?.match(request.url);
  if (there && Date.now() - Number(there.headers.get(KEPT_AT)) < FRESH_MS) return there;
  try {
    const answer = await ask(request);
    if (cache && may_keep && answer.ok) later(keep(cache, request.url, answer.clone()));
    return answer;
  } catch (problem) {
    if (there) return there;
    throw problem;
  }
}

/** As one who may read the answer, which is what can be kept; else as the picture that the page asked for. */
async function ask(request: Request): Promise<Response> {
  const { host } = new URL(request.url);
  if (unreadable.has(host)) return fetch(request);
  const { url, referrer, signal } = request;
  try {
    return await fetch(url, { mode: 'cors', credentials: 'omit', referrer, referrerPolicy: 'strict-origin', signal });
  } catch (problem) {
    if (signal.aborted) throw problem;
    const seen = await fetch(request);
    unreadable.add(host);
    return seen;
  }
}

async function keep(cache: Cache, url: string, answer: Response): Promise<void> {
  const bytes = await answer.arrayBuffer();
  if (!bytes.byteLength || bytes.byteLength > LARGEST_BYTES) return;
  if (until_tidied-- <= 0) {
    until_tidied = AT_A_TIME;
    may_keep = await hasRoom();
    await tidy(cache);
  }
  if (!may_keep) return;
  const headers = { 'content-type': answer.headers.get('content-type') ?? 'image/png', [KEPT_AT]: String(Date.now()) };
  try {
    await cache.delete(url); // what is put again is the newest again
    await cache.put(url, new Response(bytes, { headers }));
  } catch { // the disk is full: work needs the room more
    may_keep = false;
    await caches.delete(TILE_CACHE);
  }
}

async function hasRoom(): Promise<boolean> {
  const { used, quota } = await storageMeter();
  return quota - used > ROOM_LEFT_BYTES;
}

/** Makes place for the next few, so that the bound holds between two looks as well. */
async function tidy(cache: Cache): Promise<void> {
  const kept = await cache.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - (TILES_KEPT - AT_A_TIME - 1)))) await cache.delete(old);
}
