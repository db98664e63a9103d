/** Pictures: what the server says of them in a row is heard; those that nothing names any longer do not fill the phone for ever, and none is taken that anything may yet name. */
import { beforeEach, expect, it } from 'vitest';
import { desk, deskBeforeEach, hazard, nextId } from './desk';

deskBeforeEach();
const DAY = 86_400_000;
const keep = (seed: number) => desk.now.store.keepPhoto(Uint8Array.from({ length: 500 }, (_, at) => (at * seed) % 251), 'image/jpeg');
const here = async (sha: string) => (await desk.now.store.photo(sha)) !== undefined;
let naming: string;
beforeEach(async () => {
  naming = await keep(3);
  await desk.now.store.keepDraft({ id: nextId(), form: 'hazard', body: { photos: [{ sha256: naming, role: 'scene' }] } });
});
async function days(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    desk.now.world.now += DAY;
    expect(await desk.now.run()).toBe('done');
  }
}

it('of a draft that was killed before its row was written: 14 days, and never what a draft names', async () => {
  const sha = await keep(5);
  await days(14);
  expect(await here(sha)).toBe(true);
  await days(2);
  expect(await here(sha)).toBe(false);
  expect(await here(naming)).toBe(true);
  expect(desk.now.store.outbox_state.photos.has(sha)).toBe(false);
});
it('of a refused act that was let go; not while it lies there to be said again', async () => {
  const [sha, open] = [await keep(5), await keep(7)];
  desk.now.server.judge = () => ({ outcome: 'refused', problem: { code: 'x', status: 422 } });
  const id = await desk.now.save({ photos: [sha] });
  await desk.now.save({ photos: [open] });
  await days(3);
  await desk.now.store.dismiss(id);
  await days(34);
  expect([await here(sha), await here(open), await here(naming)]).toEqual([false, true, true]);
});
it('is counted by the server\u2019s clock: a leap of the phone\u2019s takes nothing', async () => {
  const sha = await keep(5);
  const { server, world } = desk.now;
  const began = world.now;
  server.now = () => began;
  for (let n = 0; n < 4; n += 1) {
    world.now += 300 * DAY;
    await desk.now.run();
  }
  expect(await here(sha)).toBe(true);
});
it('is kept when something names it again, also in another tab meanwhile', async () => {
  const [sha, again] = [await keep(5), await keep(7)];
  await days(10);
  await desk.now.store.keepDraft({ id: nextId(), form: 'hazard', body: { photos: [{ sha256: sha, role: 'scene' }] } });
  expect(await keep(7)).toBe(again); // taken up again, its draft is not written yet
  await days(10);
  expect([await here(sha), await here(again)]).toEqual([true, true]);
  await desk.now.save({ photos: [sha, again] });
  await days(1);
  expect(desk.now.server.photos.size).toBe(2);
});
it('of an act that waits is never taken', async () => {
  const sha = await keep(5);
  desk.now.server.fault = ({ method }) => (method === 'PATCH' ? Promise.reject(new TypeError('cut')) : undefined);
  await desk.now.store.act(hazard(undefined, { photos: [sha] }));
  for (let n = 0; n < 40; n += 1) {
    desk.now.world.now += DAY;
    await desk.now.run();
  }
  expect(await here(sha)).toBe(true);
});

it.each([true, false])('that the server held and has lost, without a new epoch, is sent again, and the record not called delivered meanwhile (act cleared: %s)', async (cleared) => {
  const { server, store } = desk.now;
  const sha = await keep(5);
  const id = nextId();
  await store.act(hazard(id, { photos: [sha] }));
  await desk.now.run();
  server.durable_photos.add(sha);
  const photos = (held: boolean) => ({ id, version: 2, photos: [{ sha256: sha, role: 'scene', held }] });
  server.put('grid:g1', 'record', photos(true));
  await days(1);
  if (cleared) await days(13); // the act alone is gone after 14 days, the picture is still here
  if (cleared) await store.room.db.write(['outbox', 'meta'], async (tx) => tx.delete('outbox', [...store.outbox_state.heads.keys()][0]!));
  if (cleared) await store.outbox_state.load();
  expect(await store.get('record', id)).toMatchObject({ delivery: 'delivered', photos_waiting: 0 });
  server.photos.clear();
  server.durable_photos.clear();
  server.put('grid:g1', 'record', { ...photos(false), version: 3 });
  server.fault = ({ path }) => (path.endsWith('/missing') ? Promise.reject(new TypeError('cut')) : undefined);
  await desk.now.run();
  expect(await store.get('record', id)).toMatchObject({ delivery: 'sending', photos_waiting: 1 });
  server.fault = () => undefined;
  await desk.now.run();
  expect(server.photos.has(sha)).toBe(true);
  server.put('grid:g1', 'record', { ...photos(true), version: 4 });
  await desk.now.run();
  expect(await store.get('record', id)).toMatchObject({ delivery: 'delivered', photos_waiting: 0 });
});
