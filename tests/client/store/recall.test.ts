/** The answer that a start gives back to the first screen: sealed, exact, and gone with the rows it was read from. */
import { webcrypto } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LocalStore } from '../../../static/src/store/index';
import { writeRecall } from '../../../static/src/store/recall';
import type { Row, SessionInfo } from '../../../static/src/store/index';
import { Browser, World, settle } from '../phone_env';

const MARK = '永宁路MARKER';
const session = { person: { id: 'p', name: '王', username: 'w', county_code: '330424', language: null }, scope_version: 1, epoch: 'e1' } as unknown as SessionInfo;
let world: World;
let browser: Browser;
let key: CryptoKey;
let store: LocalStore;

const open = () => LocalStore.open(browser.env(), session, key);
const read = (from: LocalStore) => async () => (await from.list('record')).map(({ id, note }) => ({ id, note }));
const rowOnDisk = (from: LocalStore) => from.room.db.read(['settings'], (tx) => tx.get('settings', 'recall'));
async function put(from: LocalStore, ...rows: Row[]): Promise<void> {
  await from.mirror.ready();
  const change = from.mirror.change();
  for (const row of rows) await change.put('grid:1', 'record', row);
  await change.commit(() => {});
}
/** Asks as a screen does, and lets the time pass after which the answer is kept. */
async function ask(from: LocalStore): Promise<void> {
  await from.recall('today', read(from));
  await pass();
}
async function pass(): Promise<void> {
  await world.pass(1500);
  await settle(200);
}
const isKept = () => vi.waitFor(async () => expect(await rowOnDisk(store)).toBeDefined());

beforeEach(async () => {
  world = new World();
  browser = new Browser(world);
  key = (await webcrypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])) as unknown as CryptoKey;
  store = await open();
  await put(store, { id: 'a', version: 1, note: MARK });
  await ask(store);
  await isKept();
});

describe('the answer of the last start', () => {
  it('is given to the first who asks the same, without a look, and the index stays unread until rows are asked for', async () => {
    const again = await open();
    const look = vi.fn();
    expect(await again.recall('today', look)).toEqual([{ id: 'a', note: MARK }]);
    expect(look).not.toHaveBeenCalled();
    expect(again.mirror.rev).toBe(-1);
    expect(await again.get('record', 'a')).toMatchObject({ note: MARK });
    expect(again.mirror.count()).toBe(1);
  });
  it('is given once: whoever asks again is told how things are now', async () => {
    const again = await open();
    await again.recall('today', read(again));
    const look = vi.fn(read(again));
    await again.recall('today', look);
    expect(look).toHaveBeenCalled();
  });
  it('does not answer another question', async () => {
    const again = await open();
    expect(await again.recall('tomorrow', async () => 'looked')).toBe('looked');
  });
  it('does not answer after an act that no screen has shown yet', async () => {
    await store.act({ name: 'x', payload: {}, shows: { kind: 'record', row: { id: 'b', note: 'new' } } });
    const again = await open();
    expect(again.mirror.count()).toBe(1); // what will be asked for is read at once
    expect(await again.recall('today', read(again))).toHaveLength(2);
  });
  it('does not answer when another tab wrote between the start and the question', async () => {
    const again = await open();
    await put(store, { id: 'b', version: 1 });
    store.changed('record');
    await vi.waitFor(() => expect(again.mirror.count()).toBe(2));
    expect(await again.recall('today', read(again))).toHaveLength(2);
  });
  it('leaves the disk with the first change of the mirror, and a late writer does not bring it back', async () => {
    await store.recall('today', read(store)); // asked before the change, to be kept after it
    await put(store, { id: 'b', version: 1 });
    expect(await rowOnDisk(store)).toBeUndefined();
    await pass();
    expect(await rowOnDisk(store)).toBeUndefined();
  });
  it('is not kept while something is on its way: at the next start it is not', async () => {
    await put(store, { id: 'b', version: 1 });
    store.outbox_state.sending.add('a');
    await ask(store);
    expect(await rowOnDisk(store)).toBeUndefined();
    store.outbox_state.sending.clear();
    await ask(store);
    await isKept();
  });
  it('stands in nobody\'s way when it cannot be read: the rows are asked', async () => {
    await store.room.db.write(['settings'], async (tx) => {
      const row = (await tx.get('settings', 'recall'))!;
      tx.put('settings', { ...row, box: row.box.slice(0, 40) });
    });
    const again = await open();
    expect(await again.recall('today', read(again))).toEqual([{ id: 'a', note: MARK }]);
  });
  it('lies sealed, and an answer too long for one row is not kept', async () => {
    const { box, ...clear } = (await rowOnDisk(store))!;
    expect(Buffer.from(box).toString('utf8')).not.toContain(MARK);
    expect(Object.keys(clear).sort()).toEqual(['name', 'stand']);
    await writeRecall(store.room, String(clear.stand), { question: 'long', answer: 'x'.repeat(70_000) });
    expect((await rowOnDisk(store))!.box).toEqual(box);
  });
});
