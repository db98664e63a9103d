/** A text whose bytes on this phone are spoilt: said in words, its number is not left open, and nothing waits behind it. */
import { expect, it } from 'vitest';
import { desk, deskBeforeEach, hazard, nextId } from './desk';

deskBeforeEach();

async function spoil(table: 'outbox' | 'own' | 'holds', id: string): Promise<void> {
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
