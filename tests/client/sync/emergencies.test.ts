/** An emergency goes before everything else: told last, sent first, with its photo. */
import { expect, it } from 'vitest';
import { addToEmergency, saveEmergency } from '../../../static/src/duties/emergencies/actions';
import { draftFromRecord, freshDraft } from '../../../static/src/duties/emergencies/rules';
import type { EmergencyDraft } from '../../../static/src/duties/emergencies/rules';
import type { Matter, RecordRow } from '../../../static/src/records/shapes';
import { fromOutbox } from '../../../static/src/screens/worker/edit';
import { START } from '../phone_env';
import { desk, deskBeforeEach, nextId } from './desk';

deskBeforeEach();
const fire = { id: 'f', code: 'EMG-02', name_zh: '火灾', duty: 'emergencies', data_class: 'N', photo_policy: 'optional', from: '2026-01-01' } as Matter;

interface Sent { name: string; lane: string; payload: string }
/** What left the phone, in order: names of acts, the first eight of a photo's hash where its bytes went. */
function road(): string[] {
  const of = new Map<string, string>(); // by the address of the upload, which the answer to the last POST gave
  let begun = '';
  return desk.now.server.log.flatMap((request) => {
    if (request.path.endsWith('/push')) return ((request.json['mutations'] as Sent[]) ?? []).map((one) => one.name);
    if (request.method === 'POST' && request.path.endsWith('/uploads')) begun = atob(/sha256 ([^,]+)/.exec(request.headers.get('Upload-Metadata') ?? '')![1]!).slice(0, 8);
    if (request.method !== 'PATCH') return [];
    if (!of.has(request.path)) of.set(request.path, begun);
    return [of.get(request.path)!];
  });
}

async function emergency(photo?: string): Promise<string> {
  const id = nextId();
  const draft = { ...freshDraft('g1'), calls: [{ number: '119' as const, at: desk.now.world.now }], photos: photo ? [{ sha256: photo, role: 'scene' as const }] : [] };
  expect((await saveEmergency(desk.now.store, id, draft, fire)).saved).toBe(true);
  return id;
}

it('told last, it and its photo are sent before 200 that wait', async () => {
  const { store } = desk.now;
  const other = await store.keepPhoto(new Uint8Array(900).fill(3), 'image/jpeg');
  for (let n = 0; n < 200; n += 1) await desk.now.save(n % 50 ? {} : { photos: [other] });
  const photo = await store.keepPhoto(new Uint8Array(1000).fill(7), 'image/jpeg');
  const id = await emergency(photo);
  await desk.now.world.pass(5001); // its seconds of undo
  expect(await desk.now.run()).toBe('done');
  const sent = road();
  expect(sent.slice(0, 3)).toEqual(['emergencies.report', photo.slice(0, 8), 'hazards.report']);
  expect(sent.filter((one) => one === 'hazards.report')).toHaveLength(200);
  expect(JSON.parse(desk.now.server.applied[0]!.payload)).toMatchObject({ id, matter_code: 'EMG-02', calls: [{ number: '119' }] });
  expect(store.status().waiting).toBe(0);
});

it('told while a large photo is on its way, it and its own photo go on before that one has arrived', async () => {
  const { store } = desk.now;
  const last = await store.keepPhoto(new Uint8Array(200_000).fill(6), 'image/jpeg'); // several chunks: time to tell
  await desk.now.save({ photos: [last] });
  await desk.now.save();
  const photo = await store.keepPhoto(new Uint8Array(500).fill(9), 'image/jpeg');
  let told: Promise<unknown> | undefined;
  desk.now.server.fault = async (request) => { if (request.method === 'PATCH') await (told ??= emergency(photo).then(() => { desk.now.world.now += 5001; })); return undefined; };
  expect(await desk.now.run()).toBe('done');
  const sent = road();
  const first = sent.indexOf(last.slice(0, 8)), told_at = sent.indexOf('emergencies.report');
  expect(told_at).toBeGreaterThan(first);
  expect(sent[told_at + 1]).toBe(photo.slice(0, 8));
  expect(sent.lastIndexOf(last.slice(0, 8))).toBeGreaterThan(told_at);
  expect(desk.now.store.status().waiting).toBe(0);
});

it('taken back within its seconds, nothing of it ever leaves', async () => {
  const id = nextId();
  const done = await saveEmergency(desk.now.store, id, freshDraft('g1'), fire);
  await desk.now.run();
  expect(done.saved && (await desk.now.store.undo(done.mutation_id))).toBe(true);
  await desk.now.world.pass(6000);
  await desk.now.run();
  expect(road()).toEqual([]);
  expect(await desk.now.store.get('record', id)).toBeUndefined();
});

it('what is added before it was sent follows it in the same lane', async () => {
  const id = await emergency();
  await desk.now.world.pass(5001);
  await desk.now.store.promote();
  for (let n = 0; n < 3; n += 1) await desk.now.save();
  const record = (await desk.now.store.get('record', id)) as unknown as RecordRow;
  const draft = { ...draftFromRecord(record, fire), note: '火已灭' };
  expect((await addToEmergency(desk.now.store, id, draft, fire)).saved).toBe(true);
  await desk.now.run();
  expect(road().slice(0, 3)).toEqual(['emergencies.report', 'records.correct', 'hazards.report']);
  const [report, added] = desk.now.server.received as unknown as { id: string; depends_on?: string[]; payload: string }[];
  expect(added!.depends_on).toEqual([report!.id]);
  expect(JSON.parse(added!.payload)).toEqual({ id, changes: { note: '火已灭' } });
});

it('told while a long feed is read, it goes before the next page', async () => {
  const { server, store } = desk.now;
  for (let n = 0; n < 50; n += 1) server.put('grid:g1', 'record', { id: nextId(), version: 1 });
  server.page = 10;
  let told: Promise<unknown> | undefined;
  server.fault = async (request) => { if (request.path.endsWith('/pull')) await (told ??= desk.now.save({ lane: 'urgent' })); return undefined; };
  expect(await desk.now.run()).toBe('done');
  const calls = server.log.filter(({ path }) => /push|pull/.test(path)).map(({ path }) => path.slice(-4));
  expect(calls.slice(calls.indexOf('pull')).slice(0, 3)).toEqual(['pull', 'push', 'pull']);
  expect(await store.list('record')).toHaveLength(51);
});

it('of two things added to a refused one each opens with its own words, and what it added goes again', async () => {
  const { server, store } = desk.now;
  server.judge = ({ name }) => (name === 'emergencies.report' ? { outcome: 'refused', problem: { code: 'invalid', status: 422 } } : { outcome: 'deferred', problem: { code: 'parent_refused', status: 409 } });
  const id = await emergency();
  await desk.now.world.pass(5001);
  await store.promote();
  const add = async (more: object) => {
    const record = (await store.get('record', id)) as unknown as RecordRow;
    const added = await addToEmergency(store, id, { ...draftFromRecord(record, fire), ...more }, fire);
    return added.saved ? added.mutation_id : '';
  };
  const called = [{ number: '119' as const, at: START }, { number: '120' as const, at: START + 60_000 }];
  const one = await add({ calls: called }), two = await add({ note: '火已灭' });
  await desk.now.run();
  type Body = EmergencyDraft & { replaces: string };
  const open = async (mutation: string) => {
    const opened = (await fromOutbox(store, mutation)) as { body: Body };
    await store.keepDraft({ id, form: 'emergency', body: opened.body as unknown as Record<string, unknown> });
    return opened.body;
  };
  expect(await open(two)).toMatchObject({ note: '火已灭', replaces: two });
  const body = await open(one);
  expect([body.replaces, body.correcting!.said, body.calls]).toEqual([one, ['calls'], called]);
  await store.keepDraft({ id, form: 'emergency', body: { ...body, note: '火小了' } as unknown as Record<string, unknown> });
  expect((await open(one)).note).toBe('火小了');
  await addToEmergency(store, id, { ...body, note: '火小了' }, fire);
  const again = (await store.outbox()).filter((line) => line.name === 'records.correct' && line.state !== 'done');
  expect(again.map((line) => line.payload.changes)).toEqual(expect.arrayContaining([{ note: '火已灭' }, { calls: called, note: '火小了' }]));
  expect(again).toHaveLength(2);
});
