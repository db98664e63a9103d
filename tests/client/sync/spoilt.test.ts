/** A text whose bytes on this phone are spoilt: said in words, its number is not left open, and nothing waits behind it. */
import { IDBObjectStore } from 'fake-indexeddb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPhone } from '../../../static/src/sync/index';
import { desk, deskBeforeEach, hazard, nextId } from './desk';
import { problem } from './fake_server';

deskBeforeEach();

async function spoil(table: 'outbox' | 'own' | 'holds' | 'pages', id: string | number): Promise<void> {
  await desk.now.store.room.db.write([table], async (tx) => {
    const row = (await tx.get(table, id))!;
    row.box = row.box.map((byte, at) => (at === 20 ? byte ^ 1 : byte)) as typeof row.box;
    tx.put(table, row as never);
  });
}
const line = async (id: string) => (await desk.now.store.outbox()).find((one) => one.mutation_id === id);

it.each(['normal', 'urgent'])('in the %s lane holds up neither what is behind it nor the feed', async (lane) => {
  const { server, store } = desk.now;
  await desk.now.save({ lane });
  const bad = await desk.now.save({ lane });
  const last = await desk.now.save({ lane });
  await spoil('outbox', bad);
  const other = nextId();
  server.put('grid:g1', 'record', { id: other, version: 1 });
  expect(await store.outbox()).toHaveLength(3);
  expect(await desk.now.run()).toBe('done');
  expect(server.applied.map((one) => one.seq)).toEqual([1, 3]);
  expect(server.received.find((one) => one.id === bad)).toMatchObject({ name: 'void', seq: 2, payload: '{}', reason: 'spoilt' });
  expect(server.outcomes.has(last)).toBe(true);
  expect(await store.get('record', other)).toBeDefined();
  expect(await line(bad)).toMatchObject({ state: 'refused', problem: { code: 'spoilt' } });
  expect(store.status()).toMatchObject({ waiting: 0, refused: 1 });
  expect(await (await store.exportSealed().catch(() => new Blob(['no key here']))).size).toBeGreaterThan(0);
  await store.dismiss(bad);
  expect(store.status()).toMatchObject({ waiting: 0, refused: 0 });
});
it('is not told among what waits, and stops no telling', async () => {
  const bad = await desk.now.save();
  for (let n = 0; n < 25; n += 1) await desk.now.save();
  await spoil('outbox', bad);
  expect(await desk.now.run()).toBe('done');
  expect(desk.now.server.applied).toHaveLength(25);
});
it('counts as delivered when the server has had it: it was only sent again after a restore', async () => {
  const { server, store } = desk.now;
  const id = await desk.now.save();
  await desk.now.run();
  await spoil('outbox', id);
  server.epoch = 'e2'; // a backup that held it
  expect(await desk.now.run()).toBe('done');
  expect(server.received.at(-1)).toMatchObject({ name: 'void', id });
  expect(await line(id)).toMatchObject({ state: 'done' });
  expect(store.status().refused).toBe(0);
});
it('that only the server\u2019s answer had not reached is not claimed as delivered', async () => {
  const id = await desk.now.save();
  desk.now.server.fault = ({ path }) => (path.endsWith('/push') ? 'lose_answer' : undefined);
  expect(await desk.now.run()).toBe('failed');
  await spoil('outbox', id);
  desk.now.server.fault = () => undefined;
  expect(await desk.now.run()).toBe('done');
  expect(await line(id)).toMatchObject({ state: 'refused', problem: { code: 'spoilt' } });
});
it('in the seconds of undo is given its number, and goes the same way', async () => {
  const bad = await desk.now.save({ hold_ms: 5000 });
  await spoil('holds', bad);
  expect(await line(bad)).toMatchObject({ state: 'held' });
  desk.now.world.now += 6000;
  await desk.now.save();
  expect(await desk.now.run()).toBe('done');
  expect(desk.now.server.applied).toHaveLength(1);
  expect(await line(bad)).toMatchObject({ state: 'refused', problem: { code: 'spoilt' } });
});
it('among what waits for a refused act does not keep the others from being said again', async () => {
  const { server, store } = desk.now;
  const no = { code: 'x', status: 409 };
  server.judge = ({ name }) => (name === 'child' ? { outcome: 'deferred', problem: no } : { outcome: 'refused', problem: no });
  const parent = await desk.now.save();
  const [bad] = [await desk.now.save({ name: 'child', depends_on: [parent] }), await desk.now.save({ name: 'child', depends_on: [parent] })];
  await desk.now.run();
  await spoil('outbox', bad!);
  server.judge = () => undefined;
  expect(await store.replace(parent, hazard())).toMatchObject({ saved: true });
  await desk.now.run();
  expect(server.applied).toHaveLength(2);
});
it('a row that an act shows, spoilt, keeps nobody from opening the app', async () => {
  const bad = await desk.now.save();
  await desk.now.save();
  await spoil('own', bad);
  await desk.now.restart();
  expect(await desk.now.store.list('record')).toHaveLength(1);
  expect(await desk.now.run()).toBe('done');
  expect(desk.now.server.applied).toHaveLength(2);
  expect(await desk.now.store.list('record')).toHaveLength(2);
});

describe('a page of the mirror', () => {
  interface Transaction { _execRequestAsync(work: { operation: () => never; source: unknown }): unknown }
  const { get } = IDBObjectStore.prototype;
  afterEach(() => void (IDBObjectStore.prototype.get = get));
  /** As Chromium says it when the file of a large value is gone: the request fails, and with it its transaction. */
  function lose(page: number): void {
    IDBObjectStore.prototype.get = function (key) {
      if (this.name !== 'pages' || key !== page) return get.call(this, key);
      const operation = () => { throw new DOMException('Data lost due to missing file', 'NotReadableError'); };
      return (this.transaction as unknown as Transaction)._execRequestAsync({ operation, source: this }) as IDBRequest;
    };
  }
  const ways = [['spoilt', (page: number) => spoil('pages', page)], ['lost', lose]] as const;
  const names: string[] = [];
  const pulls = () => desk.now.server.calls('GET', '/api/v1/sync/pull');
  const shown = async () => (await desk.now.store.list('record')).map((row) => row.id).sort();
  const pageWith = (id: string) => desk.now.store.mirror.pageOf('record', id)!;
  /** Three pages of records on the disk, none of them open. */
  async function filled(): Promise<void> {
    names.splice(0, names.length, ...Array.from({ length: 200 }, nextId));
    for (const id of names) desk.now.server.put('grid:g1', 'record', { id, version: 1 });
    await desk.now.run();
    await desk.now.restart();
    await desk.now.store.mirror.ready();
  }

  it.each(ways)('that is %s stops no feed that touches it: its rows come again', async (_, ruin) => {
    await filled();
    await ruin(pageWith(names[100]!));
    desk.now.server.put('grid:g1', 'record', { id: names[100]!, version: 2 });
    expect(await desk.now.run()).toBe('done');
    expect(await shown()).toEqual(names);
    expect(desk.now.store.mirror.versionOf('record', names[100]!)).toBe(2);
    expect(desk.now.store.mirror.spoilt.size).toBe(0);
    const before = pulls().length;
    expect(await desk.now.run()).toBe('done');
    expect(pulls()).toHaveLength(before + 1);
    expect(pulls().at(-1)!.url.searchParams.has('cursor')).toBe(true);
    await desk.now.restart();
    expect(await shown()).toEqual(names);
  });
  it.each(ways)('that is %s keeps no list from its other rows, and they come back with the next cycle', async (_, ruin) => {
    await filled();
    const page = pageWith(names[100]!);
    const others = names.filter((id) => pageWith(id) !== page);
    await ruin(page);
    expect(others).toHaveLength(120);
    expect(await shown()).toEqual(others);
    expect(await desk.now.store.get('record', names[100]!)).toBeUndefined();
    expect(await desk.now.run()).toBe('done');
    expect(await shown()).toEqual(names);
  });
  it.each(ways)('that is %s is met by a reading from the beginning too', async (_, ruin) => {
    await filled();
    await ruin(pageWith(names[100]!));
    const left = names.filter((id) => id !== names[101]);
    const { server } = desk.now;
    server.feeds.set('grid:g1', server.feeds.get('grid:g1')!.filter(({ row }) => row.id !== names[101]));
    server.fault = ({ path, url }) => (path.endsWith('/pull') && url.searchParams.has('cursor') ? problem(410, 'cursor_expired') : undefined);
    expect(await desk.now.run()).toBe('done');
    expect(await shown()).toEqual(left);
  });
  it('is not the only one: all of them are found at once, and the feed is read anew once', async () => {
    await filled();
    const pages = new Set(names.map(pageWith));
    expect(pages.size).toBe(3);
    for (const page of pages) await spoil('pages', page);
    desk.now.server.put('grid:g1', 'record', { id: names[0]!, version: 2 });
    const before = pulls().length;
    expect(await desk.now.run()).toBe('done');
    expect(pulls().slice(before).filter(({ url }) => !url.searchParams.has('cursor'))).toHaveLength(1);
    expect(await shown()).toEqual(names);
  });
  it.each(ways)('with call-outs that is %s keeps nothing from being sent', async (_, ruin) => {
    const id = nextId();
    desk.now.server.put('grid:g1', 'callout', { id, version: 1, state: 'open', ends_at: 0 });
    await desk.now.run();
    await desk.now.restart();
    await desk.now.store.mirror.ready();
    await ruin(desk.now.store.mirror.pageOf('callout', id)!);
    await desk.now.save();
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.server.applied).toHaveLength(1);
    expect(await desk.now.store.get('callout', id)).toBeDefined();
  });
  it('is not missed for good when the reading anew is cut by a kill', async () => {
    await filled();
    await spoil('pages', pageWith(names[100]!));
    await shown();
    desk.now.server.fault = ({ path }) => (path.endsWith('/pull') ? Promise.reject(new TypeError('cut')) : undefined);
    expect(await desk.now.run()).toBe('failed');
    await desk.now.restart();
    desk.now.server.fault = () => undefined;
    expect(await desk.now.run()).toBe('done');
    expect(await shown()).toEqual(names);
  });
  it('that another fault keeps shut is not thrown away', async () => {
    await filled();
    const { subtle } = desk.now.store.room.env;
    const decrypt = vi.spyOn(subtle, 'decrypt').mockRejectedValue(new TypeError('no memory'));
    await expect(desk.now.store.list('record')).rejects.toThrow('no memory');
    decrypt.mockRestore();
    expect(desk.now.store.mirror.spoilt.size).toBe(0);
    expect(await shown()).toEqual(names);
  });
});

describe('beside the texts', () => {
  async function spoilAll(table: 'meta' | 'settings' | 'outbox' | 'photo_states', field: string, which: (row: { name?: string }) => boolean = () => true): Promise<void> {
    await desk.now.store.room.db.write([table], async (tx) => {
      const spoilt = (await tx.all(table)) as unknown as (Record<string, Uint8Array> & { name?: string })[];
      for (const row of spoilt) {
        if (!which(row) || !row[field]) continue;
        row[field] = row[field].map((byte, at) => (at === 20 ? byte ^ 1 : byte));
        tx.put(table, row as never);
      }
    });
  }
  it('the state of the feeds: what is saved goes, and the feeds are read anew', async () => {
    const { server } = desk.now;
    const gone = nextId(), stays = nextId();
    server.put('grid:g1', 'record', { id: gone, version: 1 });
    await desk.now.run();
    await spoilAll('meta', 'box', ({ name }) => name === 'sync');
    server.gone('grid:g1', 'record', gone);
    server.put('grid:g1', 'record', { id: stays, version: 1 });
    await desk.now.save();
    await desk.now.restart();
    for (let n = 0; n < 3; n += 1) await desk.now.run();
    expect(server.applied).toHaveLength(1);
    expect(await desk.now.store.get('record', gone)).toBeUndefined();
    expect(await desk.now.store.get('record', stays)).toBeDefined();
  });
  it('one setting: the app opens with all the others', async () => {
    await desk.now.store.keepSetting('spoilt', 1);
    await desk.now.store.keepSetting('whole', 2);
    await desk.now.save();
    await spoilAll('settings', 'box', ({ name }) => name === 'spoilt');
    await desk.now.restart();
    expect(await desk.now.store.outbox()).toHaveLength(1);
    expect(await desk.now.store.setting('spoilt')).toBeUndefined();
    expect(await desk.now.store.setting('whole')).toBe(2);
  });
  it('how an act ended: the sheet opens and the feed goes on', async () => {
    desk.now.server.judge = () => ({ outcome: 'conflict', problem: { code: 'x', status: 409 }, server: { id: nextId(), version: 2, fields: ['note'] } });
    const id = await desk.now.save();
    await desk.now.run();
    await spoilAll('outbox', 'outcome');
    await desk.now.restart();
    expect(await line(id)).toMatchObject({ state: 'conflict' });
    expect(await desk.now.run()).toBe('done');
  });
  it('where an upload stood: it begins anew', async () => {
    const { server, store } = desk.now;
    const sha = await store.keepPhoto(new Uint8Array(200_000).map((_, at) => at % 251), 'image/jpeg');
    await desk.now.save({ photos: [sha] });
    let sent = 0;
    server.fault = ({ method }) => {
      if (method === 'PATCH' && sent++ > 0) throw new TypeError('cut');
      return undefined;
    };
    await desk.now.run();
    server.fault = () => undefined;
    expect(store.outbox_state.photos.get(sha)?.upload).toBeDefined();
    await spoilAll('photo_states', 'upload');
    await desk.now.restart();
    await desk.now.run();
    expect(server.photos.has(sha)).toBe(true);
  });
  it('who somebody is: nobody else is kept out, and they come back to what they had not sent', async () => {
    const { browser, phone } = desk.now;
    await desk.now.save();
    const me = desk.now.store.session.person.id;
    await phone.people_kept.db.write(['people'], async (tx) => {
      const row = (await tx.get('people', me))!;
      tx.put('people', { ...row, box: row.box.map((byte, at) => (at === 20 ? byte ^ 1 : byte)) as typeof row.box });
    });
    browser.kill();
    const again = createPhone(browser.env());
    again.manual = true;
    expect(await again.resume()).toBeUndefined();
    expect('store' in (await again.signIn('worker2', 'secret'))).toBe(true);
    const back = await again.signIn('worker', 'secret');
    if ('problem' in back) throw new Error(back.problem.code);
    expect(await back.store.outbox()).toHaveLength(1);
    expect((await again.people()).map(({ username }) => username).sort()).toEqual(['worker', 'worker2']);
  });
});
