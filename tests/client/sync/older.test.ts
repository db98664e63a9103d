/** Own records that have left the feed: read online, page by page, never kept. */
import { expect, it } from 'vitest';
import { desk, deskBeforeEach, uuid } from './desk';
import { answer } from './fake_server';

deskBeforeEach();
const row = (n: number) => ({ id: uuid(n), kind: 'visit', version: 2, acted_at: 1_000_000 - n, day: '2026-01-02', state: 'closed' });

/** The door as docs/wire.md describes it, over `count` rows of this person. */
function serve(count: number): URLSearchParams[] {
  const asked: URLSearchParams[] = [];
  desk.now.server.fault = ({ path, url }) => {
    if (path !== '/api/v1/archive') return undefined;
    asked.push(url.searchParams);
    const before = Number(url.searchParams.get('before') ?? Infinity), limit = Number(url.searchParams.get('limit'));
    const rows = Array.from({ length: count }, (_, n) => row(n)).filter((one) => one.acted_at < before || (one.acted_at === before && one.id < url.searchParams.get('before_id')!));
    return answer(200, { rows: rows.slice(0, limit) });
  };
  return asked;
}

it('come a page at a time, each behind the last row of the one before, until there are no more', async () => {
  const asked = serve(70), engine = desk.now.phone.engine!;
  const first = await engine.older();
  expect([first.rows.length, first.more]).toEqual([50, true]);
  const rest = await engine.older(first.rows.at(-1));
  expect([rest.rows.length, rest.more]).toEqual([20, false]);
  expect(new Set([...first.rows, ...rest.rows].map(({ id }) => id)).size).toBe(70);
  expect(asked.map((query) => Object.fromEntries(query))).toEqual([{ mine: '1', limit: '50' }, { mine: '1', limit: '50', before: String(row(49).acted_at), before_id: uuid(49) }]);
  expect(await desk.now.store.list('record')).toEqual([]);
});

it('none of them is an empty page, and without a network it throws', async () => {
  serve(0);
  expect(await desk.now.phone.engine!.older()).toEqual({ rows: [], more: false });
  desk.now.server.fault = () => Promise.reject(new TypeError('offline'));
  await expect(desk.now.phone.engine!.older()).rejects.toThrow('offline');
});
