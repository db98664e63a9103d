import { describe, expect, it } from 'vitest';
import { revisitsDue } from '../../../static/src/duties/mediations/revisits';
import {
  afterStep, anotherParty, bodyFor, correction, draftFromPayload, draftFromRecord, freshDraft, isWorthKeeping, maskedName, maskedPhone, mattersToChoose, missing, reportFields, stepFields, stepKind, stepMissing, withMatter, withOutcome, type MediationDraft,
} from '../../../static/src/duties/mediations/rules';
import type { Matter, MediationBody, RecordRow } from '../../../static/src/records/shapes';

const matter = { code: 'MED-01', relook_days: 7 } as Matter;
const fresh = freshDraft('g');
const full: MediationDraft = { ...fresh, stage: 'form', matter_code: 'MED-01', parties: [{ id: 'a', name: ' 钱甲 ', phone: '', part: 'applicant' }, { id: 'b', name: '', phone: '', part: 'other' }], outcome: 'oral', revisit_on: '2026-12-01', note: '不再放音响' };
const record = (body: Partial<MediationBody>, more: Partial<RecordRow> = {}): RecordRow => ({
  id: 'r', version: 2, kind: 'mediation', grid_id: 'g', author_id: 'me', author_name: '沈', acted_at: 0, day: '2026-11-24', state: 'open', photos: [], review: { status: 'returned', hints: [] }, history: [], delivery: 'delivered', photos_waiting: 0,
  matter_code: 'MED-01', body: { parties: [{ id: 'a', name: '钱甲', part: 'applicant' }], note: '话', steps: [], ...body } as never, ...more,
});

describe('what a mediation needs', () => {
  it('is a matter, a named party and an outcome, which may be that there is none yet', () => {
    expect(isWorthKeeping(fresh)).toBe(false);
    expect(missing(fresh)).toBe('matter');
    expect(missing({ ...fresh, matter_code: 'MED-01' })).toBe('party');
    expect(missing({ ...full, outcome: undefined })).toBe('outcome');
    expect(missing({ ...full, parties: [], obstructed: true })).toBeUndefined();
    expect(bodyFor({ ...full, outcome: 'open' })).toEqual({ parties: [{ id: 'a', name: '钱甲', part: 'applicant' }], note: '不再放音响' });
  });
  it('of a referral is nothing more, and no settlement may be claimed', () => {
    for (const one of [{ ...full, unsuited: ['court' as const] }, { ...full, matter_code: 'MED-04' }]) {
      expect(missing({ ...one, parties: [], outcome: undefined })).toBeUndefined();
      expect(bodyFor(one).outcome).toBe('told');
      expect(bodyFor(one)).not.toHaveProperty('revisit_on');
    }
  });
  it('never has a photo', () => expect(reportFields(full)).not.toHaveProperty('photos'));
  it('proposes the return visit of the matter with a settlement alone', () => {
    expect(withOutcome('written', matter, '2026-11-24').revisit_on).toBe('2026-12-01');
    expect(withOutcome('none', matter, '2026-11-24').revisit_on).toBeUndefined();
    expect(withMatter(full, { ...matter, code: 'MED-05', relook_days: 30 }, '2026-11-24')).toMatchObject({ matter_code: 'MED-05', revisit_on: '2026-12-24' });
    expect(withMatter({ ...full, outcome: 'open' }, matter, '2026-11-24')).toEqual({ matter_code: 'MED-01' });
  });
  it('offers no matter for the return visit, which is made on the mediation', () => expect(mattersToChoose([matter, { ...matter, code: 'MED-07' }])).toEqual([matter]));
  it('adds the other side to an applicant', () => expect(anotherParty(full.parties).at(-1)?.part).toBe('other'));
});

describe('names over the shoulder', () => {
  it('show no more than the family name, numbers their ends', () => {
    expect(maskedName('张三丰')).toBe('张**');
    expect(maskedName('')).toBe('**');
    expect(maskedPhone('13812341234')).toBe('138****1234');
    expect(maskedPhone('12345')).toBe('****');
  });
});

describe('a mediation that goes on', () => {
  const body: MediationBody = { parties: [], note: '', outcome: 'oral', revisit_on: '2026-12-01' };
  it('asks for what it is time for', () => {
    expect([stepKind({ parties: [], note: '' }), stepKind(body), stepKind({ parties: [], note: '', outcome: 'none' })]).toEqual(['talk', 'revisit', 'more']);
    expect(stepMissing({ mediation: 'r', words: 'x' }, 'revisit')).toBe('kept');
    expect(stepMissing({ mediation: 'r', words: ' ', outcome: 'open' }, 'talk')).toBe('words');
    expect(stepMissing({ mediation: 'r', words: '', outcome: 'none' }, 'talk')).toBeUndefined();
  });
  it('has a return visit less when one was made, or the next one', () => {
    const by = { id: 's', at: 1, by_name: '沈' };
    expect(afterStep(body, { mediation: 'r', words: '', kept: 'kept' }, by)).toEqual({ parties: [], note: '', outcome: 'oral', steps: [{ ...by, words: '', kept: true }] });
    expect(afterStep(body, { mediation: 'r', words: '', kept: 'not_kept', revisit_on: '2026-12-09' }, by).revisit_on).toBe('2026-12-09');
    expect(afterStep(body, { mediation: 'r', words: '电话里问过' }, by).revisit_on).toBe('2026-12-01');
    expect(stepFields({ mediation: 'r', words: '', outcome: 'none', revisit_on: '2026-12-09' })).toEqual({ words: '', outcome: 'none' });
  });
  it('stands on the first page of its author from that day on', () => {
    const due = record({ outcome: 'oral', revisit_on: '2026-12-01' });
    expect(revisitsDue([due], '2026-11-30', 'me')).toEqual([]);
    expect(revisitsDue([due, record({}), { ...due, kind: 'hazard' }], '2026-12-01', 'me')).toEqual([due]);
    expect(revisitsDue([due], '2026-12-05', 'leader')).toEqual([]);
  });
});

describe('a returned mediation', () => {
  it('sends the changed fields alone; an empty list is told as one', () => {
    const draft = draftFromRecord(record({ outcome: 'oral', revisit_on: '2026-12-01' }));
    expect(correction(draft)).toBeUndefined();
    expect(correction({ ...draft, outcome: 'none' })).toEqual({ outcome: 'none', revisit_on: null });
    expect(correction({ ...draft, note: '' })).toEqual({ note: '' });
    const referral = draftFromRecord(record({ unsuited: ['court'], outcome: 'told' }));
    expect(correction({ ...referral, unsuited: [], outcome: 'open' })).toEqual({ unsuited: [], outcome: null });
  });
  it('opens a refused one with all that was said', () => {
    expect(draftFromPayload({ id: 'r', ...bodyFor(full), grid_id: 'g', matter_code: 'MED-01' }, 'm')).toMatchObject({ stage: 'form', outcome: 'oral', parties: [{ name: '钱甲', phone: '' }], replaces: 'm' });
  });
});
