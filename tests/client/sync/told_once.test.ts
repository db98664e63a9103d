/** What the feed tells but once (how a held act ended, a photo that is lost) outlives a death beside the write of its pages. */
import { describe, expect, it, vi } from 'vitest';
import { desk, deskBeforeEach, nextId } from './desk';
import { PERSON } from './fake_server';

deskBeforeEach();

type Once = { once(tables: string[], mode: string, ...more: unknown[]): Promise<unknown> };
const HOURS_MS = 7 * 3600_000;

/** After the next commit of pages `then` happens in its stead: the answer never comes, or comes as a killed connection. */
function afterPages(then: () => Promise<unknown>): { struck: () => boolean } {
  const db = desk.now.store.room.db as unknown as Once;
  const once = db.once.bind(db);
  let struck = false;
  db.once = async (tables, mode, ...more) => {
    const result = await once(tables, mode, ...more);
    if (struck || mode !== 'readwrite' || !tables.includes('pages')) return result;
    struck = true;
    return then();
  };
  return { struck: () => struck };
}
const died = () => new Promise<never>(() => {});
const connectionKilled = () => Promise.reject(Object.assign(new Error('killed'), { name: 'InvalidStateError' }));

async function held(act: () => Promise<string>): Promise<string> {
  const { server } = desk.now;
  server.judge = () => ({ outcome: 'held', receipt: undefined });
  const id = await act();
  await desk.now.run();
  server.judge = () => undefined;
  return id;
}
const line = async (id: string) => (await desk.now.store.outbox()).find((one) => one.mutation_id === id);

describe('that a held act was refused at last', () => {
  async function refusedLate(): Promise<string> {
    const id = await held(() => desk.now.save());
    expect(await line(id)).toMatchObject({ state: 'deferred', kept_back: true });
    desk.now.server.put(`person:${PERSON}`, 'outcome', { id, version: 1, lane: 'normal', seq: 1, outcome: 'refused', problem: { code: 'base_version_missing', status: 409 } } as never);
    return id;
  }
  it('is known though the app died behind the pages', async () => {
    const id = await refusedLate();
    const blow = afterPages(died);
    void desk.now.phone.engine!.runOnce();
    await vi.waitFor(() => expect(blow.struck()).toBe(true), 5000);
    await desk.now.restart();
    await desk.now.run();
    expect(await line(id)).toMatchObject({ state: 'refused' });
  });
  it('is known though the connection was killed behind the pages', async () => {
    const id = await refusedLate();
    afterPages(connectionKilled);
    for (let n = 0; n < 3; n += 1) await desk.now.phone.engine!.runOnce();
    expect(await line(id)).toMatchObject({ state: 'refused' });
  });
});

it('that a held correction was done at last hides nothing that others write later', async () => {
  const { server, store } = desk.now;
  const record = nextId();
  server.put('grid:g1', 'record', { id: record, version: 1, note: 'old' } as never);
  await desk.now.run();
  const id = await held(async () => {
    const saved = await store.act({ name: 'records.correct', payload: { id: record, changes: { note: 'mine' } }, base_version: 1, shows: { kind: 'record', row: { id: record, version: 1, note: 'mine' } } });
    return saved.saved ? saved.mutation_id : '';
  });
  server.put('grid:g1', 'record', { id: record, version: 2, note: 'mine' } as never);
  server.put(`person:${PERSON}`, 'outcome', { id, version: 2, lane: 'normal', seq: 1, outcome: 'applied' } as never);
  afterPages(connectionKilled);
  for (let n = 0; n < 3; n += 1) await desk.now.phone.engine!.runOnce();
  server.put('grid:g1', 'record', { id: record, version: 3, note: 'theirs, newer' } as never);
  await desk.now.phone.engine!.runOnce();
  expect(await store.get('record', record)).toMatchObject({ note: 'theirs, newer' });
});

it('that the server has lost a photo has it sent again', async () => {
  const { server, store } = desk.now;
  const sha = await store.keepPhoto(new Uint8Array(5000).map((_, at) => at % 251), 'image/jpeg');
  await desk.now.save({ photos: [sha] });
  await desk.now.run();
  server.durable_photos.add(sha);
  desk.now.world.now += HOURS_MS;
  await desk.now.run();
  expect(store.outbox_state.photos.get(sha)?.durable_at).toBeDefined();
  server.photos.clear();
  server.durable_photos.clear();
  const row = (await store.list('record'))[0]!;
  server.put('grid:g1', 'record', { id: row.id, version: 2, photos: [{ sha256: sha, held: false }] } as never);
  afterPages(connectionKilled);
  for (let n = 0; n < 4; n += 1) {
    await desk.now.phone.engine!.runOnce();
    desk.now.world.now += HOURS_MS;
  }
  expect(server.photos.has(sha)).toBe(true);
});
