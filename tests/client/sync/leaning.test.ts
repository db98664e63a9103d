/** What leans on an act that has not arrived: a re-look on its hazard, a visit or a message on the household added on the way. */
import { describe, expect, it } from 'vitest';
import { saveHazard, saveRelook } from '../../../static/src/duties/hazards/actions';
import { draftFromPayload, freshDraft } from '../../../static/src/duties/hazards/rules';
import { saveVisit } from '../../../static/src/duties/visits/actions';
import { freshDraft as freshVisit } from '../../../static/src/duties/visits/rules';
import { changeHousehold, householdAgain, saveHousehold } from '../../../static/src/records/household_acts';
import { canEdit } from '../../../static/src/records/edits';
import { reportOrCorrect } from '../../../static/src/records/report';
import type { Household, Matter, RecordRow } from '../../../static/src/records/shapes';
import { fromOutbox, fromRecord } from '../../../static/src/screens/worker/edit';
import { desk, deskBeforeEach, nextId } from './desk';

deskBeforeEach();
const matter = (code: string, duty: Matter['duty']): Matter => ({ id: code, code, name_zh: code, duty, data_class: 'N', photo_policy: 'optional', from: '2026-01-01' });

/** Refuses `name` while it says 坏, and defers what leans on a thing refused, as the real server does. */
function refuseBad(): void {
  const { server } = desk.now;
  server.judge = ({ payload, depends_on }) => {
    if (payload.includes('坏')) return { outcome: 'refused', problem: { code: 'invalid', status: 422 } };
    const parent = depends_on?.find((id) => server.outcomes.get(id)?.['outcome'] !== 'applied');
    return parent ? { outcome: 'deferred', problem: { code: 'parent_refused', status: 409, fields: { parent } } } : undefined;
  };
}
const lines = async () => Object.fromEntries((await desk.now.store.outbox()).map((line) => [line.name, line]));
const arrived = () => desk.now.server.applied.map((one) => one.name);

async function hazardToldBadly(): Promise<RecordRow> {
  const id = nextId();
  await saveHazard(desk.now.store, id, { ...freshDraft('g1'), matter_code: 'HAZ-02', note: '坏' }, matter('HAZ-02', 'hazards'));
  return (await desk.now.store.get('record', id)) as unknown as RecordRow;
}
const look = (hazard: RecordRow, id = nextId(), more = {}) => saveRelook(desk.now.store, id, hazard, { outcome: 'not_fixed', note: '还在', photos: [], ...more }, undefined);
const home = (door: string) => ({ id: nextId(), micro_grid_id: 'm1', grid_id: 'g1', door, contact_name: '王', contact_phone: '' });
const visit = (household_id: string) => saveVisit(desk.now.store, nextId(), { ...freshVisit('g1'), matter_code: 'VIS-08', household_id, all_well: true }, matter('VIS-08', 'visits'));

describe('a re-look at a hazard that has not arrived', () => {
  it('waits while the hazard is refused, and both go after the repair', async () => {
    refuseBad();
    const hazard = await hazardToldBadly();
    await look(hazard);
    expect(await desk.now.run()).toBe('done');
    const { 'hazards.report': refused, 'hazards.relook': waits } = await lines();
    expect([refused!.state, waits!.state]).toEqual(['refused', 'deferred']);
    expect(desk.now.server.received[1]).toMatchObject({ name: 'hazards.relook', depends_on: [refused!.mutation_id] });
    const again = { ...draftFromPayload(refused!.payload, refused!.mutation_id), note: '好' };
    expect((await saveHazard(desk.now.store, hazard.id, again, matter('HAZ-02', 'hazards'))).saved).toBe(true);
    await desk.now.run();
    expect(arrived()).toEqual(['hazards.report', 'hazards.relook']);
    expect(desk.now.store.status()).toMatchObject({ waiting: 0, refused: 0 });
  });
  it('leans on nothing once the hazard is on the server', async () => {
    const id = nextId();
    desk.now.server.put('grid:g1', 'record', { id, version: 4, kind: 'hazard', grid_id: 'g1', state: 'open', body: {} });
    await desk.now.run();
    await look((await desk.now.store.get('record', id)) as unknown as RecordRow);
    await desk.now.run();
    expect(desk.now.server.received[0]).not.toHaveProperty('depends_on');
  });
  it('that is refused itself opens in its form again and takes the place of the first', async () => {
    refuseBad();
    const id = nextId(), hazard = nextId();
    desk.now.server.put('grid:g1', 'record', { id: hazard, version: 4, kind: 'hazard', grid_id: 'g1', state: 'open', body: { relooks: [] } });
    await desk.now.run();
    const row = (await desk.now.store.get('record', hazard)) as unknown as RecordRow;
    await look(row, id, { note: '坏', photo_gap: 'dark' });
    await desk.now.run();
    const refused = (await lines())['hazards.relook']!;
    expect([refused.state, canEdit(refused)]).toEqual(['refused', true]);
    const opened = await fromOutbox(desk.now.store, refused.mutation_id);
    expect(opened).toMatchObject({ id, form: 'relook', at: `relook/${hazard}/${id}`, body: { hazard, outcome: 'not_fixed', note: '坏', photos: [], photo_gap: 'dark', replaces: refused.mutation_id } });
    desk.now.server.gone('grid:g1', 'record', hazard);
    await desk.now.run();
    expect(await fromOutbox(desk.now.store, refused.mutation_id)).toBeUndefined(); // left this phone: no draft for a form that cannot open
    const { body } = opened as unknown as { body: Parameters<typeof saveRelook>[3] };
    await saveRelook(desk.now.store, id, row, { ...body, note: '好' }, undefined);
    await desk.now.run();
    expect(arrived()).toEqual(['hazards.relook']);
    expect(JSON.parse(desk.now.server.applied[0]!.payload)).toEqual({ id, hazard_id: hazard, outcome: 'not_fixed', note: '好', photos: [], photo_gap: 'dark' });
    expect(await desk.now.store.outbox()).toMatchObject([{ state: 'done' }]);
  });
});

describe('other words for what waits, begun before what it waits for was repaired', () => {
  const begun = async () => {
    refuseBad();
    const hazard = await hazardToldBadly();
    await look(hazard);
    await desk.now.run();
    const { 'hazards.report': refused, 'hazards.relook': waits } = await lines();
    const opened = (await fromOutbox(desk.now.store, waits!.mutation_id)) as unknown as { id: string; body: Parameters<typeof saveRelook>[3] };
    await desk.now.store.keepDraft({ id: opened.id, form: 'relook', body: { ...opened.body, note: '改到一半' } });
    const repair = async (note: string) => saveHazard(desk.now.store, hazard.id, { ...draftFromPayload(refused!.payload, refused!.mutation_id), note }, matter('HAZ-02', 'hazards'));
    const save = async () => saveRelook(desk.now.store, opened.id, hazard, { ...opened.body, note: '改好了' }, undefined);
    return { waits: waits!, repair, save };
  };
  it('go on where they were when its line is tapped again', async () => {
    const { waits } = await begun();
    expect(await fromOutbox(desk.now.store, waits.mutation_id)).toMatchObject({ form: 'relook', body: { note: '改到一半', replaces: waits.mutation_id } });
  });
  it('take the place of what it was queued again as, when that has come back too', async () => {
    const { waits, repair, save } = await begun();
    await repair('坏');
    await desk.now.run();
    const again = (await lines())['hazards.relook']!;
    expect([again.state, again.mutation_id === waits.mutation_id]).toEqual(['deferred', false]);
    expect(await fromOutbox(desk.now.store, again.mutation_id)).toMatchObject({ body: { note: '改到一半', replaces: again.mutation_id } });
    expect(await save()).toMatchObject({ saved: true });
    const open = (await desk.now.store.outbox()).filter((line) => line.name === 'hazards.relook' && line.state !== 'done');
    expect(open.map((line) => line.payload.note)).toEqual(['改好了']);
  });
  it('are told that it has gone, when it is on its way or there', async () => {
    const { repair, save } = await begun();
    await repair('好');
    expect(await save()).toMatchObject({ saved: false, reason: 'said_again' });
    await desk.now.run();
    expect(arrived()).toEqual(['hazards.report', 'hazards.relook']);
    expect(await save()).toMatchObject({ saved: false, reason: 'said_again' });
  });
});

it('other words for a report that has arrived meanwhile are its correction', async () => {
  const { server, store } = desk.now;
  const id = nextId();
  await store.keepDraft({ id, form: 'hazard', body: { ...draftFromPayload({ id, grid_id: 'g1', matter_code: 'HAZ-02', note: '改到一半' }, nextId()) } });
  server.put('grid:g1', 'record', { id, version: 3, kind: 'hazard', grid_id: 'g1', matter_code: 'HAZ-02', state: 'open', body: { note: '原来的' }, photos: [] });
  await desk.now.run();
  const opened = await fromRecord(store, id);
  expect(opened).toMatchObject({ form: 'hazard', body: { note: '改到一半', correcting: { base_version: 3, before: { note: '原来的' } } } });
  expect(opened!.body).not.toHaveProperty('replaces');
});

describe('what leans on an act that is repaired before it was heard itself', () => {
  const repair = async (hazard: RecordRow, note = '好') => {
    const refused = (await desk.now.store.outbox()).find((line) => line.name === 'hazards.report' && line.state === 'refused')!;
    const again = { ...draftFromPayload(refused.payload, refused.mutation_id), note };
    expect((await saveHazard(desk.now.store, hazard.id, again, matter('HAZ-02', 'hazards'))).saved).toBe(true);
  };
  const refusedHazard = async () => {
    refuseBad();
    const hazard = await hazardToldBadly();
    await desk.now.run();
    return hazard;
  };
  const allThere = async () => {
    expect(arrived()).toEqual(['hazards.report', 'hazards.relook']);
    expect((await desk.now.store.outbox()).map((line) => line.state)).toEqual(['done', 'done']);
    expect(desk.now.store.status()).toMatchObject({ waiting: 0, refused: 0 });
  };
  it('goes after the repair, though it was queued before it; a kill in between forgets nothing', async () => {
    const hazard = await refusedHazard();
    await look(hazard);
    await repair(hazard);
    expect((await lines())['hazards.relook']!.state).toBe('waiting');
    await desk.now.restart();
    expect(await desk.now.run()).toBe('done');
    await allThere();
    const told = desk.now.server.received.filter(({ name }) => name === 'hazards.relook');
    const [first, second] = desk.now.server.received.filter(({ name }) => name === 'hazards.report');
    expect(told.map(({ depends_on }) => depends_on)).toEqual([[first!.id], [second!.id]]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
    expect(new Set(told.map(({ made_at }) => made_at)).size).toBe(1);
  });
  it('goes after the last of several repairs, when those before were refused', async () => {
    const hazard = await refusedHazard();
    await look(hazard);
    await repair(hazard, '还是坏');
    await desk.now.run();
    expect((await desk.now.store.outbox()).map((line) => line.state).sort()).toEqual(['deferred', 'refused']);
    await look(hazard, nextId(), { note: '又看' });
    await repair(hazard, '坏三');
    await desk.now.run();
    await repair(hazard);
    await desk.now.run();
    expect(arrived()).toEqual(['hazards.report', 'hazards.relook', 'hazards.relook']);
    expect(desk.now.store.status()).toMatchObject({ waiting: 0, refused: 0 });
  });
  it('goes after a repair made while it was on its way, and after one whose answer was lost', async () => {
    const hazard = await refusedHazard();
    await look(hazard);
    desk.now.server.fault = ({ path }) => (path === '/api/v1/sync/push' ? 'lose_answer' : undefined);
    await desk.now.run(); // deferred there, and not heard here
    await repair(hazard);
    desk.now.server.fault = () => undefined;
    expect(await desk.now.run()).toBe('done');
    await allThere();
  });
  it('stays where it is while the new one is refused as well, and nothing is sent over and over', async () => {
    const hazard = await refusedHazard();
    await look(hazard);
    await repair(hazard, '还是坏');
    await desk.now.run();
    const sent = desk.now.server.received.length;
    await desk.now.run();
    expect(desk.now.server.received).toHaveLength(sent);
    expect((await lines())['hazards.relook']!.state).toBe('deferred');
  });
  it('is let go once it was let go', async () => {
    const hazard = await refusedHazard();
    await look(hazard);
    await desk.now.run();
    await desk.now.store.dismiss((await lines())['hazards.relook']!.mutation_id);
    await repair(hazard);
    await desk.now.run();
    expect(arrived()).toEqual(['hazards.report']);
  });
});

describe('a household added on the way', () => {
  it('repaired while the seconds of undo of a message run keeps the message', async () => {
    refuseBad();
    const made = home('坏 1号');
    await saveHousehold(desk.now.store, made);
    await desk.now.run();
    const told = { grid_id: 'g1', note: '漏水', photos: [], household_id: made.id };
    await reportOrCorrect(desk.now.store, nextId(), { grid_id: 'g1', note: '漏水', obstructed: false }, { kind: 'information', matter: matter('INFO-06', 'information'), fields: told, body: {}, changes: undefined });
    const refused = (await lines())['households.save']!;
    await saveHousehold(desk.now.store, { ...made, door: '1号' }, refused.mutation_id);
    await desk.now.world.pass(5001);
    await desk.now.run();
    expect(arrived()).toEqual(['households.save', 'information.report']);
    expect(desk.now.store.status()).toMatchObject({ waiting: 0, refused: 0 });
  });
  it('while it is refused keeps the visit and the message waiting, and all go after the repair', async () => {
    refuseBad();
    const made = home('坏 1号');
    await saveHousehold(desk.now.store, made);
    await visit(made.id);
    const told = { grid_id: 'g1', note: '漏水', photos: [], household_id: made.id };
    await reportOrCorrect(desk.now.store, nextId(), { grid_id: 'g1', note: '漏水', obstructed: false }, { kind: 'information', matter: matter('INFO-06', 'information'), fields: told, body: {}, changes: undefined });
    await desk.now.world.pass(5001); // the message's seconds of undo
    await desk.now.run();
    const { 'households.save': refused, 'visits.report': waits, 'information.report': waits_too } = await lines();
    expect([refused!.state, waits!.state, waits_too!.state]).toEqual(['refused', 'deferred', 'deferred']);
    expect([canEdit(refused!), waits!.kept_back]).toEqual([true, undefined]);

    const again = (await householdAgain(desk.now.store, refused!))!;
    expect(again).toMatchObject({ told: made, replaces: refused!.mutation_id });
    expect(again.kept).toBeUndefined();
    const { id, micro_grid_id, grid_id, contact_name, contact_phone } = again.told;
    await saveHousehold(desk.now.store, { id, micro_grid_id, grid_id, contact_name, contact_phone, door: '1号' }, again.replaces);
    await desk.now.run();
    expect(arrived()).toEqual(['households.save', 'visits.report', 'information.report']);
    expect(desk.now.store.status()).toMatchObject({ waiting: 0, refused: 0 });
  });
  it('and changed keeps nobody waiting: the server has it', async () => {
    refuseBad();
    const made = home('1号');
    desk.now.server.put('grid:g1', 'household', { ...made, version: 2 });
    await desk.now.run();
    const kept = (await desk.now.store.get('household', made.id)) as unknown as Household;
    await changeHousehold(desk.now.store, kept, { door: '坏 2号', contact_name: '王', contact_phone: '' });
    await visit(made.id);
    await desk.now.run();
    expect(arrived()).toEqual(['visits.report']);
    const refused = (await lines())['households.save']!;
    const again = (await householdAgain(desk.now.store, refused))!;
    expect([again.told.door, again.kept?.door, again.kept?.version]).toEqual(['坏 2号', '1号', 2]);
    await changeHousehold(desk.now.store, again.kept!, { door: '2号', contact_name: '王', contact_phone: '' }, again.replaces);
    await desk.now.run();
    expect(JSON.parse(desk.now.server.applied.at(-1)!.payload)).toEqual({ id: made.id, changes: { door: '2号' } });
    expect(desk.now.store.status().refused).toBe(0);
  });
});
