import { describe, expect, it } from 'vitest';
import { relooksDue } from '../../../static/src/duties/hazards/relooks';
import { correction, draftFromPayload, draftFromRecord, freshDraft, isWorthKeeping, missing, presetFor, reportFields, type HazardDraft } from '../../../static/src/duties/hazards/rules';
import type { Matter, RecordRow } from '../../../static/src/records/shapes';
import { usualMatters } from '../../../static/src/records/usual';
import { trimmed } from '../../../static/src/records/envelope';

const matter = (code: string, more: Partial<Matter> = {}): Matter => ({ id: code, code, name_zh: code, duty: 'hazards', data_class: 'N', photo_policy: 'optional', from: '2026-01-01', ...more });
const hazard = (more: Partial<RecordRow> = {}): RecordRow => ({
  id: 'r', version: 3, kind: 'hazard', grid_id: 'g', author_id: 'me', author_name: '沈', acted_at: 0, day: '2026-11-20', state: 'open', photos: [], review: { status: 'returned', hints: [] }, history: [], matter_code: 'HAZ-02',
  delivery: 'delivered', photos_waiting: 0, body: { severity: 'general', advice: ['clear'], fixed_on_spot: false, note: '旧', place: { source: 'none' }, relook_on: '2026-11-23', relooks: [] }, ...more,
});
const draft = (more: Partial<HazardDraft> = {}): HazardDraft => ({ ...freshDraft('g'), matter_code: 'HAZ-02', ...more });

describe('the matters offered first', () => {
  const matters = ['HAZ-01', 'HAZ-02', 'HAZ-03', 'HAZ-04', 'HAZ-05', 'HAZ-06', 'HAZ-07'].map((code) => matter(code));
  it('are those this person logs most in this grid, then the order of the list', () => {
    const records = [hazard({ matter_code: 'HAZ-07' }), hazard({ matter_code: 'HAZ-07' }), hazard({ matter_code: 'HAZ-05' })];
    expect(usualMatters(matters, records, 'me', 'g', 'hazard').map((one) => one.code)).toEqual(['HAZ-07', 'HAZ-05', 'HAZ-01', 'HAZ-02', 'HAZ-03', 'HAZ-04']);
  });
  it('do not learn from other people, other grids or other kinds', () => {
    const records = [hazard({ matter_code: 'HAZ-07', author_id: 'you' }), hazard({ matter_code: 'HAZ-07', grid_id: 'other' }), hazard({ matter_code: 'HAZ-07', kind: 'visit' })];
    expect(usualMatters(matters, records, 'me', 'g', 'hazard')[0]?.code).toBe('HAZ-01');
  });
});

it('the matters of a team stand last, unless this person uses them', () => {
  const matters = [matter('VIS-01', { data_class: 'S' }), matter('VIS-08')];
  expect(usualMatters(matters, [], 'me', 'g', 'visit').map((one) => one.code)).toEqual(['VIS-08', 'VIS-01']);
  expect(usualMatters(matters, [hazard({ kind: 'visit', matter_code: 'VIS-01' })], 'me', 'g', 'visit')[0]?.code).toBe('VIS-01');
});

describe('what a matter presets', () => {
  it('is severity, the first advice and both days counted from today', () => {
    const preset = presetFor(matter('HAZ-02', { fix_days: 3, relook_days: 5, advice: [{ code: 'a', zh: '甲', en: 'A' }, { code: 'b', zh: '乙', en: 'B' }] }), '2026-11-28');
    expect(preset).toEqual({ severity: 'general', advice: ['a'], advised_fix_by: '2026-12-01', relook_on: '2026-12-03' });
  });
  it('has no day that the matter does not name', () => expect(presetFor(matter('HAZ-04'), '2026-11-28')).toEqual({ severity: 'general', advice: [], advised_fix_by: undefined, relook_on: undefined }));
});

describe('the report', () => {
  const photos = [{ sha256: 'a', role: 'scene' as const }, { sha256: 'b', role: 'after' as const }];
  it('carries no photo of a matter that forbids them, whatever the draft holds', () => {
    expect(reportFields(draft({ photos, fixed_on_spot: true }), matter('HAZ-02', { photo_policy: 'forbidden' })).photos).toEqual([]);
  });
  it('leaves the after-photo out when nothing was fixed on the spot', () => expect(reportFields(draft({ photos }), matter('HAZ-02')).photos).toEqual([photos[0]]));
  it('asks for no fix and no re-look of what is already fixed', () => {
    const fields = reportFields(draft({ fixed_on_spot: true, advised_fix_by: '2026-12-01', relook_on: '2026-12-01' }), matter('HAZ-02'));
    expect([fields.advised_fix_by, fields.relook_on]).toEqual([undefined, undefined]);
  });
  it('gives a reason for a missing photo only when there is none', () => {
    expect(reportFields(draft({ photo_gap: 'dark' }), matter('HAZ-02')).photo_gap).toBe('dark');
    expect(reportFields(draft({ photo_gap: 'dark', photos }), matter('HAZ-02')).photo_gap).toBeUndefined();
  });
  it('names the patrol it was found on', () => expect(reportFields({ ...freshDraft('g', 'p1'), matter_code: 'HAZ-02' }, matter('HAZ-02')).patrol_id).toBe('p1'));
});

describe('a draft', () => {
  it('that was only opened and located is not worth keeping', () => {
    expect(isWorthKeeping({ ...freshDraft('g'), place: { lng: 1, lat: 2, accuracy_m: 3, source: 'fix' } })).toBe(false);
    expect(isWorthKeeping(draft())).toBe(true);
  });
  it('lacks nothing but the matter', () => {
    expect(missing(freshDraft('g'))).toBe('matter');
    expect(missing(draft())).toBeUndefined();
  });
  it('made again from a refused act says the same and replaces it', () => {
    const before = draft({ note: '堵', place: { source: 'map', lng: 1, lat: 2 }, photos: [{ sha256: 'a', role: 'scene' }] });
    const again = draftFromPayload({ id: 'r', ...trimmed(reportFields(before, matter('HAZ-02'))) }, 'm1');
    expect(again.replaces).toBe('m1');
    expect(trimmed(reportFields(again, matter('HAZ-02')))).toEqual(trimmed(reportFields(before, matter('HAZ-02'))));
  });
});

describe('a correction', () => {
  it('sends the changed fields alone, on the version that was seen', () => {
    const opened = draftFromRecord(hazard(), matter('HAZ-02'));
    expect(opened.correcting?.base_version).toBe(3);
    expect(correction({ ...opened, note: '新' }, matter('HAZ-02'))).toEqual({ note: '新' });
  });
  it('empties words instead of sending nothing, and leaves alone what a correction cannot change', () => {
    const opened = draftFromRecord(hazard({ note: '旧' }), matter('HAZ-02'));
    expect(correction({ ...opened, note: '', matter_code: 'HAZ-03', obstructed: true, photo_gap: 'dark' }, matter('HAZ-03'))).toEqual({ note: '', matter_code: 'HAZ-03' });
  });
  it('is nothing when nothing was changed', () => expect(correction(draftFromRecord(hazard(), matter('HAZ-02')), matter('HAZ-02'))).toBeUndefined());
  it('never moves a record to another grid or patrol', () => {
    const opened = draftFromRecord(hazard(), matter('HAZ-02'));
    expect(correction({ ...opened, grid_id: 'other', patrol_id: 'p', note: '新' }, matter('HAZ-02'))).toEqual({ note: '新' });
  });
});

describe('a re-look is due', () => {
  const due = (more: Partial<RecordRow>) => relooksDue([hazard(more)], '2026-11-24', ['g']).length === 1;
  const at = (day: string) => Date.parse(`${day}T02:00:00Z`);
  const looked = (day: string) => ({ severity: 'general', relook_on: '2026-11-23', relooks: [{ id: 'l', at: at(day), by_name: '沈', outcome: 'not_fixed', note: '', photos: [] }] });
  it('from its day on, for an open hazard of an own grid', () => expect(due({})).toBe(true));
  it('not before its day', () => expect(relooksDue([hazard()], '2026-11-22', ['g'])).toEqual([]));
  it('not once closed, not elsewhere, not after somebody looked', () => {
    expect(due({ state: 'closed' })).toBe(false);
    expect(relooksDue([hazard()], '2026-11-24', ['h'])).toEqual([]);
    expect(due({ body: looked('2026-11-24') })).toBe(false);
  });
  it('still, when the last look was before that day', () => expect(due({ body: looked('2026-11-20') })).toBe(true));
});
