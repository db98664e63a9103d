import { describe, expect, it } from 'vitest';
import * as decisions from '../../../static/src/screens/leader/decisions';
import { inOrder } from '../../../static/src/screens/leader/team';
import { isOnlyMicroLeader, modesOf } from '../../../static/src/records/roles';
import { reviewHandle } from '../../../static/src/records/tags';
import type { Matter, RecordRow, Staff, Team } from '../../../static/src/records/shapes';
import { FakeStore, sessionOf } from './fake_store';

const held = (role: string, grid_id?: string) => ({ role, ...(grid_id ? { grid_id } : {}), org_unit_id: 'u', org_unit_name: '', from: '2026-01-01' });
const record = (id: string, more: Partial<RecordRow> = {}): RecordRow => ({
  id, version: 2, kind: 'hazard', grid_id: 'g', author_id: 'worker', author_name: '沈', acted_at: 1, day: '2026-11-24', state: 'open', photos: [], review: { status: 'waiting', hints: [] }, history: [], delivery: 'delivered', photos_waiting: 0, body: {}, ...more,
});
const leader = sessionOf([held('grid_leader', 'g')], '周', 'leader');
const ids = (rows: RecordRow[]) => rows.map((row) => row.id);

describe('the deck of a leader', () => {
  it('holds what waits in the led grids', () => expect(ids(decisions.toReview([record('a'), record('b', { grid_id: 'h' }), record('c', { review: { status: 'approved', hints: [] } })], leader, []))).toEqual(['a']));
  it('never holds an own record', () => expect(decisions.toReview([record('a', { author_id: 'leader' })], leader, [])).toEqual([]));
  it('holds a team\u2019s record only for its named reviewer', () => {
    const team = (reviewer_id: string) => [{ id: 't', name: '', purpose: '', members: [], reviewer_id }] as unknown as Team[];
    expect(decisions.toReview([record('a', { team_id: 't' })], leader, team('other'))).toEqual([]);
    expect(ids(decisions.toReview([record('a', { team_id: 't' })], leader, team('leader')))).toEqual(['a']);
  });
  it('begins with the gravest, then with what lapses first', () => {
    const rows = [record('late', { review: { status: 'waiting', hints: [], due: '2026-11-30' } }), record('soon', { review: { status: 'waiting', hints: [], due: '2026-11-25' } }), record('major', { body: { severity: 'major' } })];
    expect(ids(decisions.toReview(rows, leader, []))).toEqual(['major', 'soon', 'late']);
  });
  it('passes together only low-risk records without a hint and outside teams', () => {
    const matters = new Map([['L', { low_risk: true } as Matter], ['H', { low_risk: false } as Matter]]);
    const rows = [record('a', { matter_code: 'L' }), record('b', { matter_code: 'H' }), record('c', { matter_code: 'L', review: { status: 'waiting', hints: ['time_held'] } }), record('d', { matter_code: 'L', team_id: 't' })];
    expect(ids(decisions.lowRisk(rows, matters))).toEqual(['a']);
    const inDispute = record('e', { matter_code: 'L', review: { status: 'disputed', hints: [] } });
    const both = sessionOf([held('grid_leader', 'g'), held('grid_adviser', 'g')], '周', 'leader');
    const deck = [...decisions.toRule([inDispute], both, []), ...decisions.toReview([record('a', { matter_code: 'L' })], both, [])];
    expect([ids(deck), ids(decisions.lowRisk(deck, matters))]).toEqual([['e', 'a'], ['a']]);
  });
});

describe('disputed returns', () => {
  const disputed = record('a', { review: { status: 'disputed', hints: [] } });
  it('go to the adviser of that grid, not to the leader', () => {
    expect(ids(decisions.toRule([disputed], sessionOf([held('grid_adviser', 'g')], '徐', 'adviser'), []))).toEqual(['a']);
    expect(decisions.toRule([disputed], leader, [])).toEqual([]);
    expect(decisions.toRule([disputed], sessionOf([held('grid_adviser', 'h')], '徐', 'adviser'), [])).toEqual([]);
  });
});

describe('a decision', () => {
  it('names the version seen and can be undone for five seconds', async () => {
    const store = new FakeStore(leader, { record: [record('a')] });
    await decisions.approve(store, record('a'));
    await decisions.handBack(store, record('a'), 'photo_unclear', ' 请重拍 ');
    await decisions.rule(store, record('a'), false, '');
    expect(store.acts.map(({ name, payload, base_version, hold_ms }) => ({ name, payload, base_version, hold_ms }))).toEqual([
      { name: 'approvals.approve', payload: { record_id: 'a' }, base_version: 2, hold_ms: 5000 },
      { name: 'approvals.return', payload: { record_id: 'a', reason: 'photo_unclear', words: '请重拍' }, base_version: 2, hold_ms: 5000 },
      { name: 'approvals.rule', payload: { record_id: 'a', upheld: false }, base_version: 2, hold_ms: 5000 },
    ]);
  });
});

describe('modes and tabs', () => {
  it('follow the roles', () => {
    expect(modesOf([held('full_time_worker', 'g'), held('grid_adviser', 'h')])).toEqual(['worker', 'leader']);
    expect(modesOf([held('town_government')])).toEqual([]);
    expect(isOnlyMicroLeader([held('micro_grid_leader', 'g')])).toBe(true);
    expect(isOnlyMicroLeader([held('micro_grid_leader', 'g'), held('part_time_worker', 'g')])).toBe(false);
  });
});

it('people of a grid stand by office and name, never by counts', () => {
  const person = (name: string, role: string) => ({ id: name, name, roles: [role] }) as unknown as Staff;
  expect(inOrder([person('丙', 'full_time_worker'), person('甲', 'grid_adviser'), person('乙', 'grid_leader')]).map((one) => one.name)).toEqual(['乙', '丙', '甲']);
});

it('the review axis of a row has the four words of the lists', () => {
  expect((['none', 'waiting', 'approved', 'returned', 'disputed', 'lapsed'] as const).map(reviewHandle)).toEqual(['none', 'waiting', 'approved', 'returned', 'returned', 'approved']);
});
