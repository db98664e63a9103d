/** Pieces that this phone said it needs (static/src/device/pieces.ts): kept beside the shell, brought along by a new version. */
import { unlessLeft } from './leaving';

export const PIECES_CACHE = 'gridwalk-pieces';
const WANTED = '/wanted/'; // an entry of the cache for each piece that is wanted, without content
const MOVED = `${WANTED}-leader`; // a version has taken over in which the leader's screens are a piece, no more among everybody's files

export type Pieces = Record<string, string[]>;

/** What is used of the service worker's scope. */
interface Worker {
  readonly registration: { readonly active: unknown };
  addEventListener(name: string, handler: (event: Resting) => void): void;
}
interface Resting {
  readonly data?: unknown;
  waitUntil(work: Promise<unknown>): void;
}

export function keepPieces(worker: Worker, pieces: Pieces): void {
  worker.addEventListener('install', (event) => event.waitUntil(bringAlong(worker, pieces)));
  worker.addEventListener('activate', (event) => event.waitUntil(forgetOthers(pieces)));
  worker.addEventListener('message', (event) => {
    const said = event.data as { type?: string; piece?: string } | null;
    if (said?.type === 'keep' && said.piece) event.waitUntil(unlessLeft(keepPiece(pieces, said.piece)));
  });
}

export async function keepPiece(pieces: Pieces, piece: string): Promise<void> {
  if (!Object.hasOwn(pieces, piece)) return;
  const cache = await caches.open(PIECES_CACHE);
  await bring(cache, pieces[piece]!);
  await cache.put(WANTED + piece, new Response(''));
}

async function bring(cache: Cache, urls: string[]): Promise<void> {
  for (const url of urls) if (!(await cache.match(url))) await cache.add(url);
}

/** A new version that lacks a wanted piece does not take over: the person's language would be gone without a network. */
async function bringAlong({ registration }: Worker, pieces: Pieces): Promise<void> {
  for (const piece of await wanted()) await keepPiece(pieces, piece);
  if (registration.active) await moveLeader(pieces).catch(() => {});
}

/** Not as wanted: a later version lets go of it again, unless somebody who leads a grid has used the app meanwhile. */
async function moveLeader(pieces: Pieces): Promise<void> {
  const cache = await caches.open(PIECES_CACHE);
  if (!(await cache.match(MOVED))) await bring(cache, pieces['leader'] ?? []);
}

async function wanted(): Promise<string[]> {
  const kept = await (await caches.open(PIECES_CACHE)).keys();
  return kept.map(({ url }) => new URL(url).pathname).filter((path) => path.startsWith(WANTED)).map((path) => path.slice(WANTED.length));
}

async function forgetOthers(pieces: Pieces): Promise<void> {
  const cache = await caches.open(PIECES_CACHE);
  const ours = new Set(Object.values(pieces).flat());
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith(WANTED) && !ours.has(pathname)) await cache.delete(request);
  }
  await cache.put(MOVED, new Response(''));
}
