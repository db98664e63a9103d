/** Pieces that a phone said it needs: kept whole, brought along by the next version, and nothing else beside them. */
import { beforeEach, expect, it, vi } from 'vitest';
import { PIECES_CACHE, keepPieces, type Pieces } from '../../../service_worker/pieces';

const ORIGIN = 'https://grid.example';
const THEN: Pieces = { english: ['/static/dist/en-1.js', '/static/dist/en-shared-1.js'] };
const NOW: Pieces = { english: ['/static/dist/en-2.js'], map: ['/static/dist/map-2.js'] };
let held: Map<string, Response>;
let isDead: boolean;

const cache = {
  match: async (url: string) => held.get(url),
  add: async (url: string) => { if (isDead) throw new TypeError('no network'); held.set(url, new Response(url)); },
  put: async (url: string, answer: Response) => void held.set(url, answer),
  delete: async ({ url }: Request) => held.delete(new URL(url).pathname),
  keys: async () => [...held.keys()].map((path) => ({ url: ORIGIN + path }) as Request),
};

/** One version's service worker; `fire` waits until the worker may rest. */
function version(pieces: Pieces, active: object | null = {}) {
  const heard = new Map<string, (event: unknown) => void>();
  keepPieces({ registration: { active }, addEventListener: (name, handler) => void heard.set(name, handler as never) }, pieces);
  return async (name: string, data?: unknown) => {
    const works: Promise<unknown>[] = [];
    heard.get(name)!({ data, waitUntil: (work: Promise<unknown>) => works.push(work) });
    await Promise.all(works);
  };
}

beforeEach(() => {
  held = new Map();
  isDead = false;
  vi.stubGlobal('caches', { open: async (name: string) => { expect(name).toBe(PIECES_CACHE); return cache; } });
});

const kept = () => [...held.keys()].filter((path) => path.startsWith('/static/')).sort();

it('keeps nothing that nobody asked for', async () => {
  const fire = version(THEN);
  await fire('install');
  await fire('activate');
  expect(kept()).toEqual([]);
});

it('keeps all files of a piece, also when the next version has others', async () => {
  await version(THEN)('message', { type: 'keep', piece: 'english' });
  expect(kept()).toEqual(THEN.english);
  const next = version(NOW);
  await next('install');
  expect(kept()).toEqual(['/static/dist/en-1.js', '/static/dist/en-2.js', '/static/dist/en-shared-1.js']);
  await next('activate');
  expect(kept()).toEqual(NOW.english);
});

it('does not become ready without a piece that is needed', async () => {
  await version(THEN)('message', { type: 'keep', piece: 'english' });
  isDead = true;
  await expect(version(NOW)('install')).rejects.toThrow('no network');
});

it('passes over what it does not know', async () => {
  const fire = version(THEN);
  await fire('message', { type: 'keep', piece: 'constructor' });
  await fire('message', { type: 'wake' });
  await fire('message', null);
  expect(held.size).toBe(0);
});

const LEAD_1: Pieces = { leader: ['/static/dist/lead-1.js'] };
const LEAD_2: Pieces = { leader: ['/static/dist/lead-2.js'] };

it('brings the leader\'s screens along once over a version that gave them to everybody, and lets go of them if nobody asks', async () => {
  const first = version(LEAD_1);
  await first('install');
  await first('activate');
  expect(kept()).toEqual(LEAD_1.leader);
  const second = version(LEAD_2);
  await second('install');
  await second('activate');
  expect(kept()).toEqual([]);
});

it('brings them along further for whoever asks meanwhile, without a network too', async () => {
  const first = version(LEAD_1);
  await first('install');
  isDead = true;
  await first('message', { type: 'keep', piece: 'leader' });
  isDead = false;
  await version(LEAD_2)('install');
  expect(kept()).toEqual([...LEAD_1.leader!, ...LEAD_2.leader!]);
});

it('does not wait for them where they cannot be had', async () => {
  isDead = true;
  await version(LEAD_1)('install');
  expect(kept()).toEqual([]);
});

it('brings those of the second, when two versions come before one takes over', async () => {
  await version(LEAD_1)('install');
  const second = version(LEAD_2);
  await second('install');
  await second('activate');
  expect(kept()).toEqual(LEAD_2.leader);
});

it('brings them to no phone that is new', async () => {
  const first = version(LEAD_1, null);
  await first('install');
  await first('activate');
  await version(LEAD_2)('install');
  expect(kept()).toEqual([]);
});
