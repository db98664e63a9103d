import { describe, expect, it } from 'vitest';
import { nearby, radiusOf, spotsOf } from '../../../static/src/duties/hazards/near';
import { bodyFor, correction, draftFromRecord, freshDraft, reportFields } from '../../../static/src/duties/hazards/rules';
import { moved } from '../../../static/src/maps/projection';
import type { RecordRow } from '../../../static/src/records/shapes';

const HERE = { lng: 120.94, lat: 30.52 };
const hazard = (id: string, metres: number, more: Partial<RecordRow> = {}, body: object = {}): RecordRow => ({
  id, version: 1, kind: 'hazard', grid_id: 'g', author_id: 'other', author_name: '王', acted_at: 0, day: '2026-11-20', state: 'open', photos: [], review: { status: 'waiting', hints: [] }, history: [],
  matter_code: 'HAZ-01', delivery: 'delivered', photos_waiting: 0, body: { severity: 'general', advice: [], fixed_on_spot: false, note: '', place: { ...moved(HERE, metres, 0), source: 'fix' }, ...body }, ...more,
});
const asked = { id: 'mine', matter_code: 'HAZ-01', grid_id: 'g', place: { ...HERE, source: 'map' as const } };
const found = (records: RecordRow[], more: object = {}, radius = 50) => nearby(spotsOf(records), { ...asked, ...more }, radius).map(({ record, metres }) => [record.id, metres]);

describe('hazards that may have been reported before', () => {
  it('are those of the same matter and grid within the radius, the nearest first, two at most', () => {
    const records = [hazard('far', 51), hazard('b', 30), hazard('a', 12), hazard('c', 40), hazard('matter', 5, { matter_code: 'HAZ-02' }), hazard('grid', 5, { grid_id: 'h' }), hazard('mine', 0)];
    expect(found(records)).toEqual([['a', 12], ['b', 30]]);
  });
  it('are open, and were not turned away', () => {
    expect(found([hazard('fixed', 1, { state: 'closed' }), hazard('refused', 1, { delivery: 'refused' }), hazard('visit', 1, { kind: 'visit' })])).toEqual([]);
  });
  it('are not those whose case was settled, though nobody has looked again', () => {
    const cases = [{ id: 'x', record_id: 'a', state: 'verified' }, { id: 'z', record_id: 'c', state: 'closed' }, { id: 'y', record_id: 'b', state: 'accepted' }];
    expect(nearby(spotsOf([hazard('a', 1), hazard('b', 2), hazard('c', 3)], cases), asked, 50).map(({ record }) => record.id)).toEqual(['b']);
  });
  it('lie a little farther where the fix is poor, but not beyond reason', () => {
    const poor = (accuracy_m: number) => found([hazard('a', 90)], { place: { ...HERE, accuracy_m, source: 'fix' } });
    expect(poor(10)).toEqual([]);
    expect(poor(45)).toEqual([['a', 90]]);
    expect(found([hazard('a', 120)], { place: { ...HERE, accuracy_m: 900, source: 'fix' } })).toEqual([]);
  });
  it('are of the same listed place, wherever that is drawn', () => {
    const records = [hazard('near', 3), hazard('there', 400, {}, { place_id: 'p' })];
    expect(found(records, { place_id: 'p' })).toEqual([['there', undefined], ['near', 3]]);
    expect(found(records, { place_id: 'p', place: { source: 'none' } })).toEqual([['there', undefined]]);
  });
  it('cannot be told without a place, nor where the setting is 0', () => {
    expect(found([hazard('a', 0)], { place: { source: 'none' } })).toEqual([]);
    expect(found([hazard('a', 0)], {}, 0)).toEqual([]);
  });
});

it('the radius is the matter’s, else that of all others', () => {
  const policies = [{ id: 'x', name: 'near_metres', value: { '': 50, 'HAZ-09': 200 } }] as never[];
  expect([radiusOf(policies, 'HAZ-09'), radiusOf(policies, 'HAZ-01'), radiusOf([], 'HAZ-01')]).toEqual([200, 50, 0]);
});

it('what it is the same as goes with the report, and is no part of a correction', () => {
  const draft = { ...freshDraft('g'), matter_code: 'HAZ-01', same_as: 'earlier' };
  expect(reportFields(draft, undefined).same_as).toBe('earlier');
  const record = hazard('mine', 0, {}, bodyFor(draft));
  const again = { ...draftFromRecord(record, undefined), note: '新' };
  expect(again.same_as).toBe('earlier');
  expect(Object.keys(correction({ ...again, same_as: undefined }, undefined) ?? {})).toEqual(['note']);
});
