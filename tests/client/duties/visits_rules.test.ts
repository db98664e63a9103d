import { describe, expect, it } from 'vitest';
import { correction, draftForPlan, draftFromRecord, freshDraft, isWorthKeeping, missing, nextVisit, reportFields, withNeeds } from '../../../static/src/duties/visits/rules';
import { stillDue } from '../../../static/src/records/lists';
import type { Matter, RecordRow, VisitPlan } from '../../../static/src/records/shapes';

const plan = (more: Partial<VisitPlan> = {}): VisitPlan => ({ id: 'p', household_id: 'h', matter_code: 'VIS-08', every_days: 30, due: '2026-11-20', last_visit: '2026-10-20', door: '3 幢 502', for_role: 'full_time_worker', ...more });
const forbidden = { code: 'VIS-08', photo_policy: 'forbidden' } as Matter;
const visit = (more: Partial<RecordRow> = {}): RecordRow => ({
  id: 'r', version: 2, kind: 'visit', grid_id: 'g', author_id: 'me', author_name: '沈', acted_at: 0, day: '2026-11-24', state: 'closed', photos: [], review: { status: 'none', hints: [] }, history: [], delivery: 'saved', photos_waiting: 0,
  matter_code: 'VIS-08', body: { household_id: 'h', plan_id: 'p', mode: 'door', all_well: true, ticks: [], needs: [], note: '' }, ...more,
});

describe('a due visit', () => {
  it('opens with everything known, so that two taps finish it', () => {
    const draft = draftForPlan(plan(), 'g', '2026-11-24');
    expect(draft).toMatchObject({ household_id: 'h', plan_id: 'p', matter_code: 'VIS-08', next_on: '2026-12-24', mode: 'door' });
    expect(missing(draft)).toBe('outcome');
    expect(missing({ ...draft, all_well: true })).toBeUndefined();
  });
  it('counts the next one from the day of the visit', () => {
    expect(nextVisit(plan({ every_days: 7 }), '2026-11-24')).toBe('2026-12-01');
    expect(nextVisit({ ...plan(), every_days: undefined } as never, '2026-11-24')).toBeUndefined();
  });
});

describe('a household that is being added', () => {
  const typed = { door: '永宁路88号', contact_name: '', contact_phone: '' };
  it('is worth a draft from its first letter on, and is no part of the visit', () => {
    expect(isWorthKeeping({ ...freshDraft('g'), adding: { micro_grid_id: 'm', door: '', contact_name: '', contact_phone: '' } })).toBe(false);
    expect(isWorthKeeping({ ...freshDraft('g'), adding: typed })).toBe(true);
    expect(JSON.stringify(reportFields({ ...freshDraft('g'), mode: 'street', adding: typed }, forbidden))).not.toContain('永宁路');
  });
});

describe('what a visit must say', () => {
  it('whom, unless in the street or at the office', () => {
    expect(missing({ ...freshDraft('g'), matter_code: 'VIS-08', all_well: true })).toBe('household');
    expect(missing({ ...freshDraft('g'), matter_code: 'VIS-08', all_well: true, mode: 'street' })).toBeUndefined();
  });
  it('any one thing about how it was: a tick, a need, words, or that it was obstructed', () => {
    const draft = { ...draftForPlan(plan(), 'g', '2026-11-24') };
    for (const said of [{ ticks: ['gas_ok'] }, { needs: ['repair'] }, { note: '在' }, { obstructed: true }]) expect(missing({ ...draft, ...said })).toBeUndefined();
    expect(missing({ ...draft, note: '   ' })).toBe('outcome');
  });
  it('not at once that all is well and that something is needed', () => {
    expect(withNeeds(['repair'])).toEqual({ needs: ['repair'], all_well: false });
    expect(withNeeds([])).toEqual({ needs: [] });
  });
  it('never a photo where the matter forbids it', () => {
    const fields = reportFields({ ...draftForPlan(plan(), 'g', '2026-11-24'), photos: [{ sha256: 'a', role: 'scene' }], photo_gap: 'dark' }, forbidden);
    expect([fields.photos, fields.photo_gap]).toEqual([[], undefined]);
  });
  it('never the household\u2019s name, address or telephone', () => {
    const fields = Object.keys(reportFields({ ...draftForPlan(plan(), 'g', '2026-11-24'), all_well: true }, forbidden));
    for (const personal of ['door', 'contact_name', 'contact_phone', 'address']) expect(fields).not.toContain(personal);
  });
  it('changed fields alone when corrected', () => {
    const opened = draftFromRecord(visit(), forbidden);
    expect(correction({ ...opened, note: '补' }, forbidden)).toEqual({ note: '补' });
    expect(correction(opened, forbidden)).toBeUndefined();
  });
});

describe('what is still due on this phone', () => {
  const due = (plans: VisitPlan[], visits: RecordRow[]) => stillDue(plans, visits, ['full_time_worker'], '2026-11-24').map((one) => one.id);
  it('not a visit just made and not yet delivered', () => expect(due([plan()], [visit()])).toEqual([]));
  it('again when that visit was refused', () => expect(due([plan()], [visit({ delivery: 'refused' })])).toEqual(['p']));
  it('as the server says, once it knows the visit', () => expect(due([plan({ last_visit: '2026-11-24', due: '2026-11-24' })], [visit({ delivery: 'delivered' })])).toEqual(['p']));
  it('not what is for another role, nor what is due later', () => expect(due([plan({ for_role: 'micro_grid_leader' }), plan({ id: 'q', due: '2026-11-25' })], [])).toEqual([]));
  it('the most urgent first', () => expect(due([plan({ id: 'b', due: '2026-11-24' }), plan({ id: 'a', due: '2026-11-01' })], [])).toEqual(['a', 'b']));
});
