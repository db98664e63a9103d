import { describe, expect, it } from 'vitest';
import { comeBack, notOver, standIns, tellAway } from '../../../static/src/records/away';
import { daysOf } from '../../../static/src/records/away_sheet';
import { entered } from '../../../static/src/records/envelope';
import { toReview, toRule } from '../../../static/src/screens/leader/decisions';
import type { RecordRow, Staff, Team } from '../../../static/src/records/shapes';
import { FakeStore, sessionOf } from './fake_store';

const held = (role: string, grid_id?: string) => ({ role, ...(grid_id ? { grid_id } : {}), org_unit_id: 'u', org_unit_name: '', from: '2026-01-01' });
const staff = (person_id: string, grid_id: string, ...roles: string[]): Staff => ({ id: `${person_id}-${grid_id}`, person_id, grid_id, name: person_id, roles }) as unknown as Staff;
const worker = sessionOf([held('full_time_worker', 'g')], '沈', 'worker');
const record = (more: Partial<RecordRow>): RecordRow => ({ id: 'a', kind: 'hazard', grid_id: 'g', author_id: 'worker', author_name: '', acted_at: 1, day: '', state: 'open', photos: [], review: { status: 'waiting', hints: [] }, history: [], delivery: 'delivered', photos_waiting: 0, body: {}, ...more }) as RecordRow;

describe('days off duty', () => {
  it('are a day, the next day, or the rest of the week with its Sunday', () => {
    expect(daysOf('today', '2026-11-25')).toEqual({ from: '2026-11-25', to: '2026-11-26' });
    expect(daysOf('tomorrow', '2026-11-30')).toEqual({ from: '2026-12-01', to: '2026-12-02' });
    expect(daysOf('week', '2026-11-25')).toEqual({ from: '2026-11-25', to: '2026-11-30' }); // a Wednesday
    expect(daysOf('week', '2026-11-29')).toEqual({ from: '2026-11-29', to: '2026-11-30' }); // a Sunday
  });
  it('are shown until they are over, the called off never', () => {
    const days = [{ id: 'b', from: '2026-12-01', to: '2026-12-02' }, { id: 'a', from: '2026-11-20', to: '2026-11-26' }, { id: 'over', from: '2026-11-01', to: '2026-11-25' }, { id: 'off', from: '2026-12-01', to: '2026-12-01' }];
    expect(notOver(days, '2026-11-25').map((one) => one.id)).toEqual(['a', 'b']);
  });
  it('name a stand-in of the same grid, for a post in the grid nobody who only leads a micro-grid', () => {
    const team = [staff('a', 'g', 'full_time_worker'), staff('b', 'g', 'part_time_worker'), staff('m', 'g', 'micro_grid_leader'), staff('n', 'g', 'micro_grid_leader'), staff('far', 'h', 'full_time_worker')];
    expect(standIns(team, 'a').map((one) => one.person_id)).toEqual(['b']);
    expect(standIns(team, 'm').map((one) => one.person_id)).toEqual(['a', 'b', 'n']);
  });
  it('show at once: one\u2019s own with the kind, a colleague\u2019s without it', async () => {
    const store = new FakeStore(worker, {});
    const told = { id: 'x', person_id: 'worker', kind: 'sick' as const, from: '2026-11-25', to: '2026-11-26', stand_in: staff('b', 'g', 'part_time_worker') };
    await tellAway(store, told, undefined);
    await tellAway(store, { ...told, person_id: 'c' }, staff('c', 'g', 'full_time_worker'));
    expect(store.acts[0]).toMatchObject({ name: 'absences.save', payload: { person_id: 'worker', kind: 'sick', from_day: '2026-11-25', to_day: '2026-11-26', stand_in_id: 'b' }, shows: { kind: 'absence' } });
    expect(store.acts[1]!.shows).toMatchObject({ kind: 'staff', row: { away: [{ id: 'x', stand_in_name: 'b' }] } });
    expect(JSON.stringify(store.acts[1]!.shows)).not.toContain('sick');
  });
  it('called off before they begin end on their first day', async () => {
    const store = new FakeStore(worker, {});
    await comeBack(store, { id: 'x', from: '2026-12-01', to: '2026-12-03' }, '2026-11-25', undefined);
    expect(store.acts[0]!.payload).toEqual({ id: 'x', to_day: '2026-12-01' });
  });
});

describe('a record entered for a colleague', () => {
  const act = { name: 'hazards.report', payload: { id: 'a' }, shows: { kind: 'record', row: { id: 'a' } } };
  it('is the colleague\u2019s, to be confirmed; the name does not travel', () => {
    const told = entered(worker, { person_id: 'p', day: '2026-11-24', name: '周' }, act);
    expect(told.payload).toEqual({ id: 'a', on_behalf: { person_id: 'p', day: '2026-11-24' } });
    expect(told.shows!.row).toMatchObject({ author_id: 'p', author_name: '周', day: '2026-11-24', confirmation: 'waiting', entered_by_id: 'worker' });
    expect(entered(worker, undefined, act)).toBe(act);
  });
  it('is not reviewed by whoever entered it', () => {
    const leader = sessionOf([held('grid_leader', 'g')], '周', 'leader');
    expect(toReview([record({ entered_by_id: 'leader', confirmation: 'confirmed' })], leader, [])).toEqual([]);
    expect(toReview([record({ entered_by_id: 'other', confirmation: 'waiting' })], leader, [])).toHaveLength(1);
  });
});

describe('a disputed return', () => {
  const disputed = (more: Partial<RecordRow>) => record({ review: { status: 'disputed', hints: [], by_id: 'leader' }, ...more });
  const team = [{ id: 't', members: [{ person_id: 'member' }, { person_id: 'leader' }] }] as unknown as Team[];
  it('inside a team goes to another member, an adviser of the grid or not', () => {
    const member = sessionOf([held('grid_leader', 'g')], '周', 'member'), adviser = sessionOf([held('grid_adviser', 'g')], '徐', 'adviser');
    expect(toRule([disputed({ team_id: 't' })], member, team)).toHaveLength(1);
    expect(toRule([disputed({ team_id: 't' })], adviser, team)).toEqual([]);
  });
  it('is not ruled on by whoever returned it', () => {
    const both = sessionOf([held('grid_leader', 'g'), held('grid_adviser', 'g')], '周', 'leader');
    expect(toRule([disputed({})], both, team)).toEqual([]);
  });
});
