/** Pieces that this phone said it needs (static/src/device/pieces.ts): kept beside the shell, brought along by a new version. */
import { unlessLeft } from './leaving';

export const PIECES_CACHE = 'gridwalk-pieces';
const WANTED = '/wanted/'; // an entry of the cache for each piece that is wanted, without content

export type Pieces = Record<string, string[]>;

/** What is used of the service worker's scope. */
interface Worker {
  addEventListener(name: string, handler: (event: Resting) => void): void;
}
interface Resting {
  readonly data?: unknown;
  waitUntil(work: Promise<unknown>): void;
}

export function keepPieces(worker: Worker, pieces: Pieces): void {
  worker.addEventListener('install', (event) => event.waitUntil(bringAlong(pieces)));
  worker.addEventListener('activate', (event) => event.waitUntil(forgetOthers(pieces)));
  worker.addEventListener('message', (event) => {
    const said = event.data as { type?: string; piece?: string } | null;
    if (said?.type === 'keep' && said.piece) event.waitUntil(unlessLeft(keepPiece(pieces, said.piece)));
  });
}

export async function keepPiece(pieces: Pieces, piece: string): Promise<void> {
  if (!Object.hasOwn(pieces, piece)) return;
  const cache = await caches.open(PIECES_CACHE);
  for (const url of pieces[piece]!) if (!(await cache.match(url))) await cache.add(url);
  await cache.put(WANTED + piece, new Response(''));
}

/** A new version that lacks a wanted piece does not take over: the person's language would be gone without a network. */
async function bringAlong(pieces: Pieces): Promise<void> {
  for (const piece of await wanted()) await keepPiece(pieces, piece);
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
}
