/** A stream has left the person's scope: nothing of it stays on the phone, and nothing of one's own is lost. */
import { expect, it } from 'vitest';
import { desk, deskBeforeEach, nextId } from './desk';

deskBeforeEach();

const TEAM = 'team:t1';
const told = { note: '张某，吸毒人员' };

/** A row of the team is on this phone. */
async function inTeam(kind: string, row: object = {}): Promise<string> {
  const { server } = desk.now;
  const id = nextId();
  server.streams.push(TEAM);
  server.put(TEAM, kind, { id, version: 3, ...told, ...row });
  await desk.now.run();
  expect(await desk.now.store.get(kind, id)).toBeDefined();
  return id;
}
async function leaveTeam(): Promise<void> {
  desk.now.server.streams = desk.now.server.streams.filter((stream) => stream !== TEAM);
  expect(await desk.now.run()).toBe('done');
}

it('takes the draft that was filled from one of its rows', async () => {
  const { store } = desk.now;
  const id = await inTeam('record');
  await store.keepDraft({ id, form: 'mediation', body: { ...told, correcting: { base_version: 3, before: told } } });
  await desk.now.run();
  expect(await store.drafts()).toHaveLength(1);
  await leaveTeam();
  expect(await store.drafts()).toEqual([]);
});
it('keeps new work, without what was filled in from the row', async () => {
  const { store } = desk.now;
  const plan_id = await inTeam('visit_plan', { door: '张某家' });
  const body = { plan_id, door: '张某家', note: '我写的', photos: [] };
  const [visit, fresh, step] = [nextId(), nextId(), nextId()];
  await store.keepDraft({ id: visit, form: 'visit', body });
  await store.keepDraft({ id: fresh, form: 'mediation', body: { note: '新写的' } });
  await store.keepDraft({ id: step, form: 'step', body: { mediation: plan_id, words: '谈过' } });
  await leaveTeam();
  const { door: _filled, ...own } = body;
  expect((await store.draft(visit))?.body).toEqual(own);
  expect((await store.draft(fresh))?.body).toEqual({ note: '新写的' });
  expect((await store.draft(step))?.body).toEqual({ mediation: plan_id, words: '谈过' });
});
it('waits with the drafts until the outbox was drained, as with the rows', async () => {
  const { server, store } = desk.now;
  const id = await inTeam('record');
  await store.keepDraft({ id, form: 'mediation', body: { ...told, correcting: { base_version: 3, before: told } } });
  let held: string | undefined;
  server.fault = async ({ path }) => { if (path.endsWith('/pull')) held ??= await desk.now.save({ hold_ms: 5000 }); return undefined; };
  await leaveTeam();
  expect(await store.drafts()).toHaveLength(1);
  desk.now.world.now += 6000;
  await desk.now.run();
  expect(await store.drafts()).toEqual([]);
});
it('does not overwrite what is typed meanwhile', async () => {
  const { store } = desk.now;
  const plan_id = await inTeam('visit_plan', { door: '张某家' });
  const id = nextId();
  await store.keepDraft({ id, form: 'visit', body: { plan_id, door: '张某家', note: '一' } });
  const { write } = store.room.db;
  store.room.db.write = (async (tables: string[], ...more: never[]) => {
    if (tables.includes('drafts')) {
      store.room.db.write = write.bind(store.room.db) as never;
      desk.now.world.now += 10;
      await store.keepDraft({ id, form: 'visit', body: { plan_id, door: '张某家', note: '一二' } });
    }
    return (write as (...given: unknown[]) => unknown).call(store.room.db, tables, ...more);
  }) as never;
  await leaveTeam();
  expect((await store.draft(id))?.body).toMatchObject({ note: '一二' });
  await desk.now.run();
  expect((await store.draft(id))?.body).toEqual({ plan_id, note: '一二' });
});
it('takes the row that a refused change has drawn over it', async () => {
  const { server, store } = desk.now;
  const id = await inTeam('record');
  server.judge = () => ({ outcome: 'refused', problem: { code: 'not_yours', status: 403 } });
  await store.act({ name: 'records.approve', payload: { record_id: id }, shows: { kind: 'record', row: { id, version: 3, ...told, state: 'closed' } } });
  await desk.now.run();
  await leaveTeam();
  expect(await store.get('record', id)).toBeUndefined();
  await desk.now.restart();
  expect(await desk.now.store.get('record', id)).toBeUndefined();
  expect((await desk.now.store.outbox())[0]).toMatchObject({ state: 'refused', payload: { record_id: id } });
});
it('keeps one\u2019s own new record that was refused', async () => {
  const { server, store } = desk.now;
  await inTeam('record');
  server.judge = () => ({ outcome: 'refused', problem: { code: 'not_yours', status: 403 } });
  await desk.now.save();
  await leaveTeam();
  expect((await store.list('record')).map((row) => row.delivery)).toEqual(['refused']);
});
it('is not kept from it by a draft whose row is spoilt', async () => {
  const { store } = desk.now;
  const id = await inTeam('record');
  await store.keepDraft({ id, form: 'mediation', body: { ...told, correcting: { base_version: 3, before: told } } });
  const fresh = nextId();
  for (const one of [nextId(), fresh]) await store.keepDraft({ id: one, form: 'hazard', body: { note: one } });
  await store.room.db.write(['drafts'], async (tx) => {
    const row = (await tx.all('drafts')).find((one) => one.id !== id && one.id !== fresh)!;
    row.box[20]! ^= 1;
    tx.put('drafts', row);
  });
  await leaveTeam();
  expect((await store.drafts()).map((draft) => draft.id)).toEqual([fresh]);
});
