/** Tiles kept by the service worker: what was seen, within bounds, and never in the way of work. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { TILE_CACHE, opfsBallast } from '../../../static/src/device/storage';

type Tiles = typeof import('../../../service_worker/tiles');
const MB = 1024 * 1024;

/** As much of Cache Storage as is used: order of insertion, like browsers have it. */
class FakeCaches {
  held = new Map<string, Map<string, Response>>();
  isFull = false;
  open = async (name: string) => {
    const rows = this.held.get(name) ?? new Map<string, Response>();
    this.held.set(name, rows);
    return {
      match: async (url: string) => rows.get(url)?.clone(),
      put: async (url: string, answer: Response) => { if (this.isFull) throw new DOMException('full', 'QuotaExceededError'); rows.set(url, answer); },
      delete: async (url: string) => rows.delete(url),
      keys: async () => [...rows.keys()],
    };
  };
  delete = async (name: string) => this.held.delete(name);
  urls = () => [...(this.held.get(TILE_CACHE)?.keys() ?? [])];
}

let caches: FakeCaches, tiles: Tiles, asked: { url: string; mode: string }[], free: number;
let line: (url: string, mode: string) => Response;
const tile = (bytes = 100) => new Response(new Uint8Array(bytes), { headers: { 'content-type': 'image/png' } });
const request = (n: number | string) => ({ url: `https://tiles.example/${n}`, referrer: 'https://grid.example/app', signal: new AbortController().signal, mode: 'no-cors' }) as unknown as Request;

async function look(n: number | string): Promise<Response> {
  const works: Promise<unknown>[] = [];
  const answer = await tiles.tileFor(request(n), (work) => works.push(work));
  await Promise.all(works);
  return answer;
}

beforeEach(async () => {
  caches = new FakeCaches();
  asked = [];
  free = 1000 * MB;
  line = () => tile();
  vi.stubGlobal('caches', caches);
  vi.stubGlobal('navigator', { storage: { estimate: async () => ({ usage: 0, quota: free }) } });
  vi.stubGlobal('fetch', async (what: string | Request, wish: RequestInit = {}) => {
    const url = typeof what === 'string' ? what : what.url, mode = wish.mode ?? 'no-cors';
    asked.push({ url, mode });
    return line(url, mode);
  });
  vi.resetModules();
  tiles = await import('../../../service_worker/tiles');
});

describe('tiles', () => {
  it('are asked for once, and there without a network', async () => {
    await look(1);
    line = () => { throw new TypeError('no network'); };
    expect((await look(1)).status).toBe(200);
    expect(asked).toEqual([{ url: 'https://tiles.example/1', mode: 'cors' }]);
    await expect(look(2)).rejects.toThrow('no network');
  });
  it('are at most 400, the oldest out first', async () => {
    let most = 0;
    for (let n = 0; n < 500; n++) { await look(n); most = Math.max(most, caches.urls().length); }
    expect(most).toBeLessThanOrEqual(tiles.TILES_KEPT);
    expect(most).toBeGreaterThan(tiles.TILES_KEPT - 25);
    expect(caches.urls().at(-1)).toBe('https://tiles.example/499');
    expect(caches.urls()).not.toContain('https://tiles.example/0');
  });
  it('never grow past the bound over many short lives of the worker', async () => {
    for (let life = 0; life < 32; life++) {
      vi.resetModules();
      tiles = await import('../../../service_worker/tiles');
      for (let n = 0; n < 15; n++) await look(`${life}/${n}`);
      expect(caches.urls().length).toBeLessThanOrEqual(tiles.TILES_KEPT);
    }
  });
  it('are not kept when large, empty or refused', async () => {
    const answers = [tile(tiles.LARGEST_BYTES + 1), tile(0), new Response('no', { status: 403 })];
    for (const [n, answer] of answers.entries()) { line = () => answer; await look(n); }
    expect(caches.urls()).toEqual([]);
    expect(tiles.TILES_KEPT * tiles.LARGEST_BYTES).toBeLessThanOrEqual(20 * MB);
  });
  it('of a source that lets nobody read show, but are not kept, and are not asked for twice each', async () => {
    line = (_url, mode) => { if (mode === 'cors') throw new TypeError('CORS'); return Response.error(); }; // opaque: its status is 0
    await look(1);
    await look(2);
    expect(asked.map(({ mode }) => mode)).toEqual(['cors', 'no-cors', 'no-cors']);
    expect(caches.urls()).toEqual([]);
  });
  it('are fetched anew after a month, and the old one does where there is no network', async () => {
    await look(1);
    vi.useFakeTimers({ now: Date.now() + 31 * 86_400_000 });
    await look(1);
    expect(asked).toHaveLength(2);
    vi.setSystemTime(Date.now() + 31 * 86_400_000);
    line = () => { throw new TypeError('no network'); };
    expect((await look(1)).status).toBe(200);
    vi.useRealTimers();
  });
  it('are not kept where little room is left', async () => {
    free = 50 * MB;
    for (let n = 0; n < 30; n++) await look(n);
    expect(caches.urls()).toEqual([]);
  });
  it('are all given up when the disk is full, and the picture is shown all the same', async () => {
    await look(1);
    caches.isFull = true;
    expect((await look(2)).status).toBe(200);
    expect(caches.held.has(TILE_CACHE)).toBe(false);
  });
  it('go first when work finds no room', async () => {
    await look(1);
    await opfsBallast().release();
    expect(caches.held.has(TILE_CACHE)).toBe(false);
  });
});
