/** A photo that the server would not take: the record is there, its other photos go, and another photo goes as a correction. */
import { describe, expect, it } from 'vitest';
import { saveHazard, saveRelook } from '../../../static/src/duties/hazards/actions';
import { freshDraft, type HazardDraft } from '../../../static/src/duties/hazards/rules';
import { canEdit } from '../../../static/src/records/edits';
import type { Matter, RecordRow } from '../../../static/src/records/shapes';
import { fromOutbox } from '../../../static/src/screens/worker/edit';
import { sendAgain } from '../../../static/src/store/outcomes';
import { desk, deskBeforeEach, hazard, nextId } from './desk';
import { FakeServer, PERSON, problem } from './fake_server';

deskBeforeEach();
const matter: Matter = { id: 'HAZ-02', code: 'HAZ-02', name_zh: 'HAZ-02', duty: 'hazards', data_class: 'N', photo_policy: 'optional', from: '2026-01-01' };
const picture = (seed: number) => desk.now.store.keepPhoto(Uint8Array.from({ length: 1000 }, (_, at) => (at * seed) % 253), 'image/jpeg');
const named = (...shas: string[]) => shas.map((sha256) => ({ sha256, role: 'scene' as const }));
const lines = async () => (await desk.now.store.outbox()).map(({ name, state, bad_photos }) => ({ name, state, ...(bad_photos && { bad_photos }) }));

/** The server cannot read `bad`, and `late` does not get through yet. */
function refuse(bad: string, late?: string): void {
  const { server } = desk.now;
  server.fault = ({ method, path }) => {
    const sha = method === 'PATCH' ? server.uploads.get(path.split('/').at(-1)!)?.sha : undefined;
    return sha === bad ? problem(422, 'not_an_image') : sha && sha === late ? problem(503, 'busy') : undefined;
  };
}

describe('of a hazard that has arrived', () => {
  async function told() {
    const [bad, good] = [await picture(5), await picture(6)], id = nextId();
    refuse(bad, good);
    await saveHazard(desk.now.store, id, { ...freshDraft('g1'), matter_code: 'HAZ-02', note: '灭火器过期', photos: named(bad, good) }, matter);
    const row = await desk.now.store.get('record', id);
    await desk.now.run();
    const [line] = await desk.now.store.outbox();
    expect(line).toMatchObject({ state: 'refused', problem: { code: 'not_an_image' }, photos_waiting: 1 });
    return { bad, good, id, row, line: line! };
  }

  it('letting go lets go of that photo alone', async () => {
    const { good, id, line } = await told();
    await desk.now.store.dismiss(line.mutation_id);
    expect(await lines()).toEqual([{ name: 'hazards.report', state: 'photos' }]);
    expect(await desk.now.store.get('record', id)).toMatchObject({ delivery: 'sending', photos_waiting: 1 });
    desk.now.server.fault = () => undefined;
    await desk.now.run();
    expect(desk.now.server.photos.has(good)).toBe(true);
    expect(await desk.now.store.get('record', id)).toMatchObject({ delivery: 'delivered' });
  });
  it('changing it opens a correction without that photo, and the others go', async () => {
    const { bad, good, id, row, line } = await told();
    const { server, store } = desk.now;
    server.put('grid:g1', 'record', { ...row!, version: 2 });
    await desk.now.run();
    expect([canEdit(line), line.bad_photos]).toEqual([true, [bad]]);
    const opened = (await fromOutbox(store, line.mutation_id)) as { id: string; form: string; body: HazardDraft };
    expect(opened).toMatchObject({ id, form: 'hazard', body: { note: '灭火器过期', photos: named(good), correcting: { base_version: 2 } } });
    const fresh = await picture(7);
    desk.now.world.now += 1000;
    await saveHazard(store, id, { ...opened.body, photos: named(good, fresh) }, matter);
    refuse(bad);
    await desk.now.run();
    expect(server.applied.map(({ name }) => name)).toEqual(['hazards.report', 'records.correct']);
    expect(JSON.parse(server.applied[1]!.payload)).toEqual({ id, changes: { photos: named(good, fresh) } });
    expect([server.photos.has(good), server.photos.has(fresh)]).toEqual([true, true]);
    expect(await lines()).toEqual([{ name: 'records.correct', state: 'done' }, { name: 'hazards.report', state: 'done' }]);
  });
  it('a draft of it that is said again after all neither closes it nor keeps its photos back', async () => {
    const { good, id, line } = await told();
    desk.now.world.now += 1000;
    desk.now.server.judge = ({ payload }) => (payload.includes('又写') ? { outcome: 'refused', problem: { code: 'record_exists', status: 409 } } : undefined);
    await desk.now.store.replace(line.mutation_id, hazard(id, { payload: { id, note: '又写' } }));
    desk.now.server.fault = () => undefined;
    await desk.now.run();
    expect(desk.now.server.photos.has(good)).toBe(true);
    expect(await lines()).toEqual([{ name: 'hazards.report', state: 'refused' }, { name: 'hazards.report', state: 'done' }]);
  });
  it('that a restored server is to hear again is not taken for one that it never had', async () => {
    const { good, id, line } = await told();
    const { store, server } = desk.now;
    await sendAgain(store.outbox_state, 'everything');
    desk.now.world.now += 1000;
    server.fault = () => undefined;
    await store.replace(line.mutation_id, hazard(id, { payload: { id, note: '又写' } }));
    await desk.now.run();
    expect(server.received.filter((one) => one.id === line.mutation_id).map(({ name }) => name)).not.toContain('void');
    expect(server.photos.has(good)).toBe(true);
  });
  it('told for a colleague is not mine to correct', async () => {
    const { line } = await told();
    expect(canEdit({ ...line, payload: { ...line.payload, on_behalf: { person_id: nextId(), day: '2026-11-24' } } })).toBe(false);
  });
});

it('of a look has no correction, and can be let go', async () => {
  const { server, store } = desk.now;
  const id = nextId(), bad = await picture(5);
  refuse(bad);
  server.put('grid:g1', 'record', { id, version: 4, kind: 'hazard', grid_id: 'g1', state: 'open', body: {} });
  await desk.now.run();
  await saveRelook(store, nextId(), (await store.get('record', id)) as unknown as RecordRow, { outcome: 'not_fixed', note: '', photos: named(bad) }, undefined);
  await desk.now.run();
  const [line] = await store.outbox();
  expect([line!.state, canEdit(line!)]).toEqual(['refused', false]);
  await store.dismiss(line!.mutation_id);
  expect(await lines()).toEqual([{ name: 'hazards.relook', state: 'done' }]);
});

describe('a refused act that a restored server is to hear again, said again meanwhile', () => {
  async function toHearAgain() {
    const { server, store } = desk.now, id = nextId();
    server.judge = () => ({ outcome: 'refused', problem: { code: 'matter_not_in_force', status: 422 } });
    const old = await store.act(hazard(id));
    if (!old.saved) throw new Error(old.reason);
    await desk.now.run();
    const fresh = new FakeServer(() => desk.now.world.now);
    fresh.signed_in = PERSON;
    desk.now.server = fresh;
    desk.now.browser.fetch = fresh.fetch;
    await sendAgain(store.outbox_state, 'everything');
    return { fresh, old: old.mutation_id, again: () => (desk.now.world.now += 1000, store.replace(old.mutation_id, hazard(id, { payload: { id, note: '改过' } }))) };
  }

  it('goes once, in the new words', async () => {
    const { fresh, old, again } = await toHearAgain();
    await again();
    await desk.now.run();
    expect(fresh.received.map(({ id, name, reason }) => [id === old, name, reason])).toEqual([[true, 'void', 'let_go'], [false, 'hazards.report', undefined]]);
    expect(fresh.applied.map(({ payload }) => (JSON.parse(payload) as { note: string }).note)).toEqual(['改过']);
    expect(await lines()).toEqual([{ name: 'hazards.report', state: 'done' }]);
  });
  it('while the old words are on their way, keeps both in sight', async () => {
    const { fresh, again } = await toHearAgain();
    fresh.judge = ({ payload }) => (payload.includes('改过') ? { outcome: 'refused', problem: { code: 'record_exists', status: 409 } } : undefined);
    fresh.fault = async ({ path, json }) => {
      fresh.fault = path.endsWith('/push') && (json['mutations'] as object[]).length ? (await again(), () => undefined) : fresh.fault;
      return undefined;
    };
    await desk.now.run();
    await desk.now.run();
    expect(await lines()).toEqual([{ name: 'hazards.report', state: 'refused' }, { name: 'hazards.report', state: 'done' }]);
  });
});
