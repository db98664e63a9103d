import { describe, expect, it } from 'vitest';
import { finishPatrol } from '../../../static/src/patrols/actions';
import { bodyFor, canFinish, checkAt, draftFromRecord, correction, freshDraft, isBare, lookedAt, placeOfFix, plannedPoints, reportFields, withCheck, withFix, withoutHazard } from '../../../static/src/patrols/rules';
import type { Place, RecordRow } from '../../../static/src/records/shapes';
import { FakeStore, sessionOf } from '../ui/fake_store';

const point = (id: string, more: Partial<Place> = {}): Place => ({ id, grid_id: 'g', kind: 'check_point', name: id, address: '', lng: 120.94, lat: 30.52, radius_m: 50, matters: ['HAZ-03'], in_plan: true, ...more });

describe('the points of a patrol', () => {
  it('are the planned check points of the grid', () => {
    const places = [point('a'), point('b', { in_plan: false }), point('c', { kind: 'shop' }), point('d', { grid_id: 'h' })];
    expect(plannedPoints(places, 'g').map((place) => place.id)).toEqual(['a']);
  });
  it('have one answer each; the last one counts', () => {
    const checks = withCheck(withCheck([], checkAt(point('a'), 'normal', 1)), checkAt(point('a'), 'not_reached', 2));
    expect(checks.map((check) => check.result)).toEqual(['not_reached']);
    expect(lookedAt(checks)).toBe(0);
  });
});

describe('a fix', () => {
  const at = (lng: number, accuracy_m = 10) => placeOfFix({ lng, lat: 30.52, accuracy_m }, point('a'));
  it('tells inside, outside or unknown', () => {
    expect(at(120.94)?.inside).toBe('inside');
    expect(at(120.95)?.inside).toBe('outside');
    expect(at(120.94, 500)?.inside).toBe('unknown');
    expect(placeOfFix(undefined, point('a'))).toBeUndefined();
  });
  it('gives the doubt to the worker: its circle need only touch the point\u2019s', () => expect(at(120.9406, 20)?.inside).toBe('inside')); // 57 m away, 50 + 20
  it('joins the very tap it was asked for, and no later answer', () => {
    const checks = [checkAt(point('a'), 'normal', 1)];
    expect(withFix(checks, 'a', 1, { accuracy_m: 5, inside: 'inside' })[0]?.fix).toEqual({ accuracy_m: 5, inside: 'inside' });
    expect(withFix(checks, 'a', 2, { accuracy_m: 5, inside: 'inside' })[0]?.fix).toBeUndefined();
  });
});

describe('what leaves the phone', () => {
  it('has no position, track, length or duration anywhere in it', async () => {
    const store = new FakeStore(sessionOf([]));
    const check = { ...checkAt(point('a'), 'normal' as const, 1_700_000_000_000), fix: placeOfFix({ lng: 120.94001, lat: 30.52001, accuracy_m: 8 }, point('a'))! };
    await finishPatrol(store, 'p', { ...freshDraft('g'), checks: [check] }, 3, true);
    const sent = JSON.stringify(store.acts[0]?.payload);
    for (const word of ['lng', 'lat', 'track', 'duration', 'distance', 'length', 'start', 'path', '120.94', '30.52', 'place_name']) expect(sent).not.toContain(word);
    expect(store.acts[0]?.payload.checks).toEqual([{ place_id: 'a', result: 'normal', at: 1_700_000_000_000, matters: ['HAZ-03'], fix: { accuracy_m: 8, inside: 'inside' } }]);
  });
  it('is held five seconds, so that a wet finger can take it back, and ends the draft', async () => {
    const store = new FakeStore(sessionOf([]));
    await store.keepDraft({ id: 'p', form: 'patrol', body: {} });
    const done = await finishPatrol(store, 'p', { ...freshDraft('g'), checks: [checkAt(point('a'), 'normal', 1)] }, 1, false);
    expect(store.acts[0]).toMatchObject({ name: 'patrols.report', hold_ms: 5000, draft_id: 'p' });
    expect(await store.draft('p')).toBeUndefined();
    expect(done.saved && (await store.undo(done.mutation_id))).toBe(true);
  });
  it('counts coverage by what was looked at', () => {
    expect(bodyFor({ ...freshDraft('g'), checks: [checkAt(point('a'), 'hazard', 1), checkAt(point('b'), 'not_reached', 2)] }, 3)).toMatchObject({ planned: 3, looked_at: 1 });
  });
});

describe('a patrol may be finished', () => {
  const checked = { ...freshDraft('g'), checks: [checkAt(point('a'), 'normal', 1)] };
  it('with something looked at, or where nothing is planned', () => {
    expect(canFinish(checked, 3)).toBe(true);
    expect(canFinish(freshDraft('g'), 3)).toBe(false);
    expect(canFinish(freshDraft('g'), 0)).toBe(true);
  });
  it('with nothing at all at a second tap only: the points may not have come yet', () => {
    const marked = { ...checked, checks: [{ ...checked.checks[0]!, place_id: 'a', result: 'hazard' as const }, { ...checked.checks[0]!, place_id: 'b' }] };
    expect([withoutHazard(marked, []), withoutHazard(marked, ['b', undefined]), withoutHazard(marked, ['a'])]).toEqual([1, 1, 0]);
    expect(isBare(freshDraft('g'), 0)).toBe(true);
    expect([isBare(checked, 0), isBare({ ...freshDraft('g'), note: '走了一遍' }, 0), isBare(freshDraft('g'), 1)]).toEqual([false, false, false]);
    expect(isBare({ ...freshDraft('g'), correcting: { base_version: 1, before: { checks: [] } } }, 0)).toBe(false);
  });
  it('again by whoever corrects a walk that was told without a check, and by nobody who takes the checks away', () => {
    const told = (checks: unknown[]) => draftFromRecord({ id: 'p', version: 1, kind: 'patrol', grid_id: 'g', photos: [], body: { checks, planned: 0, looked_at: 0 }, review: { status: 'returned', hints: [] } } as unknown as RecordRow);
    expect(canFinish(told([]), 3)).toBe(true);
    expect(canFinish({ ...told(checked.checks), checks: [] }, 1)).toBe(false);
  });
  it('and tells an empty list of checks, not none', async () => {
    const store = new FakeStore(sessionOf([]));
    await finishPatrol(store, 'p', { ...freshDraft('g'), note: '走了一遍' }, 0, true);
    expect(store.acts[0]?.payload).toMatchObject({ checks: [], note: '走了一遍' });
  });
});

it('a corrected patrol sends what changed, without a hold', async () => {
  const record = { id: 'p', version: 4, kind: 'patrol', grid_id: 'g', photos: [], body: { checks: [checkAt(point('a'), 'normal', 1)], planned: 1, looked_at: 1 }, review: { status: 'returned', hints: [] } } as unknown as RecordRow;
  const draft = { ...draftFromRecord(record), note: '补' };
  expect(correction(draft)).toEqual({ note: '补' });
  const store = new FakeStore(sessionOf([]), { record: [record] });
  await finishPatrol(store, 'p', draft, 1, true);
  expect(store.acts[0]).toMatchObject({ name: 'records.correct', base_version: 4, payload: { id: 'p', changes: { note: '补' } } });
  expect(store.acts[0]?.hold_ms).toBeUndefined();
  expect(reportFields(draft).note).toBe('补');
});
