/** The newest rows and rows of one state come from the index without a look at every page, and are the same rows. */
import { describe, expect, it } from 'vitest';
import { fromIndex, mayMatch, newestOf, sizeOf, toIndex, write } from '../../../static/src/store/pages';
import { Mirror } from '../../../static/src/store/mirror';
import type { Room } from '../../../static/src/store/outbox';

function mirrorOf(count: number): Mirror {
  const rows: object[] = [];
  for (let page = 1; page <= count; page += 1) {
    const of = (make: (at: number) => string) => Array.from({ length: 80 }, (_, at) => make(at)).join('\n');
    rows.push({
      page,
      stream: 'grid:1',
      kind: 'record',
      // numbers spread over the pages, as edits spread rows
      ids: of((at) => String((at * 7919 + page * 104729) % 1_000_003).padStart(8, '0')),
      versions: of(() => '1'),
      states: of((at) => (page === 3 && at === 5 ? 'open returned' : 'open waiting')),
      dues: of((at) => (page === 2 && at === 9 ? '2026-11-20' : '')),
    });
  }
  const tx = { get: async () => ({ rev: 1 }), all: async () => rows };
  return new Mirror({ db: { read: async (_: unknown, work: (tx: unknown) => unknown) => work(tx) } } as unknown as Room);
}

describe('the index of the mirror', () => {
  it('finds the newest rows as a full sort would', async () => {
    const mirror = mirrorOf(20);
    await mirror.load();
    const all = mirror.find('record', {}).map((one) => one.id).sort().reverse();
    for (const limit of [1, 60, 500, 5000]) {
      expect(mirror.newest('record', {}, limit).map((one) => one.id)).toEqual(all.slice(0, limit));
    }
  });
  it('passes over pages that cannot hold what is asked, and misses none', async () => {
    const mirror = mirrorOf(6);
    await mirror.load();
    expect(mirror.find('record', { state: 'returned' })).toHaveLength(1);
    expect(mirror.find('record', { due_to: '2026-11-24' })).toHaveLength(1);
    expect(mirror.find('record', { due_to: '2026-11-01' })).toHaveLength(0);
    expect(mirror.find('record', { stream: 'grid:2' })).toHaveLength(0);
  });
  it('keeps every column through a change', () => {
    const row = { page: 1, stream: 's', kind: 'record', ids: 'a\nb', versions: '1\n2', states: 'open\nclosed', dues: '\n2026-01-01' };
    const page = fromIndex(row);
    expect(mayMatch({ state: 'returned' }, page)).toBe(false);
    expect(toIndex(page)).toEqual({ ...row, size: 2, newest: 'b' });
  });
  it('tells size and newest of a page of an older version too', () => {
    const row = { page: 1, stream: 's', kind: 'record', ids: 'b\na', versions: '1\n2', states: '\n', dues: '\n' };
    expect([sizeOf(fromIndex(row)), newestOf(fromIndex(row))]).toEqual([2, 'b']);
    expect([sizeOf(fromIndex({ ...row, size: 2, newest: 'b' })), newestOf(fromIndex({ ...row, size: 2, newest: 'b' }))]).toEqual([2, 'b']);
  });
  it('counts a page as it is after a change, not as it was kept', () => {
    const page = { page: 1, stream: 's', kind: 'record', ids: ['a'], versions: [1], states: [''], dues: [''] };
    write(page, [{ id: 'a' }], 1, { id: 'c', version: 1 });
    expect(toIndex(page)).toMatchObject({ ids: 'a\nc', size: 2, newest: 'c' });
  });
});
