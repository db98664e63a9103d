/** What the map shows of what the phone holds. */
import { describe, expect, it } from 'vitest';
import type { CheckDone, Place, RecordRow } from '../../../static/src/records/shapes';
import { pointsDone, sceneOf, seenIn, type Known } from '../../../static/src/screens/map_rows';

const check = (place_id: string, result: CheckDone['result']): CheckDone => ({ place_id, place_name: place_id, result, at: 0, matters: [] });
const patrol = (day: string, ...checks: CheckDone[]) => ({ kind: 'patrol', day, body: { checks } }) as unknown as RecordRow;
const hazard = (id: string, severity: string, place?: object, grid_id = 'g1') => ({ id, kind: 'hazard', grid_id, matter_code: 'HAZ-01', body: { severity, place } }) as unknown as RecordRow;
const point = (id: string, more: Partial<Place> = {}) => ({ id, kind: 'check_point', in_plan: true, grid_id: 'g1', name: id, lng: 120.9, lat: 30.5, ...more }) as Place;
const here = { lng: 120.9, lat: 30.5, source: 'map' };
const known = (more: Partial<Known>): Known => ({ grids: [], micros: [], places: [], matters: new Map(), hazards: [], done: new Set(), ...more });

describe('the map', () => {
  it('counts a point that any patrol of the day looked at, the one under way too', () => {
    const made = [patrol('2026-11-24', check('a', 'normal'), check('b', 'not_reached')), patrol('2026-11-23', check('c', 'normal'))];
    expect([...pointsDone(made, [[check('d', 'hazard')], undefined], '2026-11-24')]).toEqual(['a', 'd']);
  });
  it('shows planned check points and open hazards of the grids that are looked at, and nothing else', () => {
    const all = known({ places: [point('a'), point('shop', { kind: 'shop' }), point('unplanned', { in_plan: false }), point('far', { grid_id: 'g2' })], hazards: [hazard('h', 'general', here), hazard('far', 'general', here, 'g2')] });
    const seen = seenIn(all, ['g1']);
    expect(seen.points.map(({ id }) => id)).toEqual(['a']);
    expect(seen.hazards.map(({ id }) => id)).toEqual(['h']);
  });
  it('lays what is grave on top, and leaves to the list what has no place', () => {
    const all = known({ places: [point('a')], done: new Set(['a']), hazards: [hazard('grave', 'major', here), hazard('nowhere', 'general', { source: 'none' }), hazard('usual', 'general', here)] });
    const { marks } = sceneOf(seenIn(all, ['g1']), all);
    expect(marks?.map(({ id, kind }) => [id, kind])).toEqual([['a', 'done'], ['usual', 'general'], ['grave', 'major']]);
    expect(marks?.filter(({ open }) => open).map(({ id }) => id)).toEqual(['usual', 'grave']);
  });
});
