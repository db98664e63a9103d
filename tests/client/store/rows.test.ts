/** What lists show: the mirror with own unsent work laid over, searched and sorted without a network. */
import { webcrypto } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Mirror } from '../../../static/src/store/mirror';
import { LocalStore, dayOf, uuid7 } from '../../../static/src/store/index';
import type { Row, SessionInfo } from '../../../static/src/store/index';
import { Browser, World } from '../phone_env';

let world: World;
let browser: Browser;
let store: LocalStore;

beforeEach(async () => {
  world = new World();
  browser = new Browser(world);
  const session = { person: { id: 'p', name: '王', username: 'w', county_code: '330424', language: null }, scope_version: 1, epoch: 'e1' } as unknown as SessionInfo;
  const key = (await webcrypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])) as unknown as CryptoKey;
  store = await LocalStore.open(browser.env(), session, key);
});

async function mirror(stream: string, kind: string, rows: Row[]): Promise<void> {
  const change = store.mirror.change();
  for (const row of rows) await change.put(stream, kind, row);
  await change.commit(() => {});
}

describe('lists', () => {
  it('are newest first and asked by stream, state of row or review, and due day', async () => {
    await mirror('grid:1', 'record', [
      { id: 'a', version: 1, state: 'open', review: { status: 'waiting', due: '2026-11-30' } },
      { id: 'b', version: 1, state: 'closed', review: { status: 'approved' } },
      { id: 'c', version: 1, state: 'open', review: { status: 'none' }, body: { relook_on: '2026-11-25' } },
    ]);
    await mirror('micro:1', 'record', [{ id: 'd', version: 1, state: 'open' }]);
    const ids = async (where: object) => (await store.list('record', where)).map((row) => row.id);
    expect(await ids({})).toEqual(['d', 'c', 'b', 'a']);
    expect(await ids({ stream: 'grid:1' })).toEqual(['c', 'b', 'a']);
    expect(await ids({ state: 'open' })).toEqual(['d', 'c', 'a']);
    expect(await ids({ state: 'waiting' })).toEqual(['a']);
    expect(await ids({ due_to: '2026-11-26' })).toEqual(['c']);
    expect(await ids({ due_to: '2026-12-31' })).toEqual(['c', 'a']);
    expect(await ids({ limit: 2 })).toEqual(['d', 'c']);
    expect(await ids({ state: 'approved' })).toEqual(['b']);
  });

  it('know a hazard by the day that its last look named', async () => {
    const looked = (next_on?: string) => ({ relook_on: '2026-11-25', relooks: [{ at: Date.parse('2026-11-25T02:00:00Z'), outcome: 'not_fixed', next_on }] });
    await mirror('grid:1', 'record', [{ id: 'again', version: 1, state: 'open', body: looked('2026-12-05') }, { id: 'not_again', version: 1, state: 'open', body: looked() }]);
    const ids = async (due_to: string) => (await store.list('record', { due_to })).map((row) => row.id);
    expect([await ids('2026-12-04'), await ids('2026-12-05')]).toEqual([[], ['again']]);
  });

  it('show an own change at once, in the list of its new state', async () => {
    await mirror('grid:1', 'record', [{ id: 'a', version: 4, state: 'open', note: 'x', review: { status: 'waiting' } }]);
    await store.act({ name: 'approvals.approve', payload: { record_id: 'a' }, base_version: 4, hold_ms: 5000, shows: { kind: 'record', row: { id: 'a', review: { status: 'approved' } } } });
    expect(await store.list('record', { state: 'waiting' })).toHaveLength(0);
    expect((await store.list('record', { state: 'approved' }))[0]).toMatchObject({ id: 'a', note: 'x', delivery: 'saved' });
  });

  it('tell listeners which kinds changed', async () => {
    const heard: string[][] = [];
    const stop = store.onChange((kinds) => heard.push([...kinds].sort()));
    await store.act({ name: 'x', payload: {}, shows: { kind: 'record', row: { id: 'a' } } });
    stop();
    await store.act({ name: 'x', payload: {}, shows: { kind: 'record', row: { id: 'b' } } });
    expect(heard).toEqual([['outbox', 'record']]);
  });

  it('survive pages that fill, empty and move', async () => {
    const rows = Array.from({ length: 450 }, (_, at) => ({ id: `r${String(at).padStart(3, '0')}`, version: 1 }));
    await mirror('grid:1', 'record', rows);
    const change = store.mirror.change();
    for (const row of rows.slice(0, 200)) await change.remove('grid:1', 'record', row.id);
    for (const row of rows.slice(200, 250)) await change.put('team:1', 'record', { ...row, version: 2 });
    for (const row of rows.slice(200, 250)) await change.remove('grid:1', 'record', row.id); // `moved` comes after the put
    await change.put('grid:1', 'record', { id: 'new', version: 1 });
    await change.commit(() => {});
    const again = await LocalStore.open(browser.env(), store.session, (store as unknown as { key: CryptoKey }).key ?? (await webcrypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])));
    expect(again.mirror.count()).toBe(251);
    expect(await store.list('record', { stream: 'team:1' })).toHaveLength(50);
    expect(await store.get('record', 'r220')).toMatchObject({ version: 2 });
    expect(await store.get('record', 'r010')).toBeUndefined();
    expect(await store.get('record', 'r449')).toMatchObject({ version: 1 });
  });
});

describe('a page that is being opened while it changes', () => {
  it('is shown as it became, and later changes build on that', async () => {
    await mirror('grid:1', 'record', [{ id: 'a', version: 1, note: 'old' }, { id: 'b', version: 1 }]);
    const fresh = new Mirror(store.room); // nothing of it is open yet
    await fresh.load();
    let is_changed = false;
    const open = store.room.codec.open.bind(store.room.codec);
    vi.spyOn(store.room.codec, 'open').mockImplementation(async (place, box) => {
      const value = await open(place, box);
      if (!is_changed) {
        is_changed = true; // another tab writes, and this one reads the index again
        await mirror('grid:1', 'record', [{ id: 'a', version: 2, note: 'new' }]);
        await fresh.load();
      }
      return value as never;
    });
    expect(await fresh.get('record', 'a')).toMatchObject({ note: 'new' });
    const change = fresh.change();
    await change.put('grid:1', 'record', { id: 'b', version: 2 });
    await change.commit(() => {});
    expect(await fresh.get('record', 'a')).toMatchObject({ note: 'new' });
    await store.refresh();
    expect(await store.get('record', 'a')).toMatchObject({ note: 'new', version: 2 });
    expect(await store.get('record', 'b')).toMatchObject({ version: 2 });
  });

  it('is read and opened once, however many ask', async () => {
    await mirror('grid:1', 'record', [{ id: 'a', version: 1 }, { id: 'b', version: 1 }]);
    const fresh = new Mirror(store.room);
    await fresh.load();
    const opened = vi.spyOn(store.room.codec, 'open');
    const rows = await Promise.all([fresh.get('record', 'a'), fresh.get('record', 'b'), fresh.openPages([1])]);
    expect(rows.slice(0, 2)).toMatchObject([{ id: 'a' }, { id: 'b' }]);
    expect(opened).toHaveBeenCalledTimes(1);
  });
});

describe('households', () => {
  const names = ['王建国', '李秀英', '张伟', '沈阿毛'];
  const initials = ['wjg', 'lxy', 'zw', 'sam'];
  beforeEach(async () => {
    const rows = Array.from({ length: 1000 }, (_, at) => ({
      id: uuid7(browser.env()), version: 1, door: `永宁路${at + 1}号`, contact_name: names[at % 4]!, contact_phone: '1', initials: initials[at % 4]!, micro_grid_id: 'm',
    }));
    await mirror('micro:m', 'household', rows);
    await mirror('micro:m', 'visit_plan', [
      { id: 'p1', version: 1, household_id: rows[10]!.id, due: dayOf(world.now + 2 * 86_400_000), matter_code: 'V' },
      { id: 'p2', version: 1, household_id: rows[20]!.id, due: dayOf(world.now - 86_400_000), matter_code: 'V' },
      { id: 'p3', version: 1, household_id: rows[30]!.id, due: dayOf(world.now + 60 * 86_400_000), matter_code: 'V' },
    ]);
  });
  it('with due visits stand on top, the most overdue first', async () => {
    const found = await store.findHouseholds({ words: '', limit: 50 });
    expect(found.map((row) => row['door'])).toEqual(['永宁路21号', '永宁路11号']);
    const searched = await store.findHouseholds({ words: '永宁路', limit: 5 });
    expect(searched.map((row) => row['door'])).toEqual(['永宁路21号', '永宁路11号', '永宁路1号', '永宁路2号', '永宁路3号']);
  });
  it('are found by door, surname and pinyin initials', async () => {
    expect((await store.findHouseholds({ words: '永宁路777号', limit: 5 })).map((row) => row['door'])).toEqual(['永宁路777号']);
    expect((await store.findHouseholds({ words: '沈', limit: 500 })).length).toBe(250);
    expect((await store.findHouseholds({ words: 'LXY', limit: 500 })).every((row) => row['contact_name'] === '李秀英')).toBe(true);
    expect(await store.findHouseholds({ words: '没有', limit: 5 })).toEqual([]);
  });
});
