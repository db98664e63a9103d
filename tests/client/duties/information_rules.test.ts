import { describe, expect, it } from 'vitest';
import { ASKED, bodyFor, correction, draftFromPayload, draftFromRecord, freshDraft, hasRoomFor, isWorthKeeping, missing, needs, reportFields, withMatter, type InformationDraft } from '../../../static/src/duties/information/rules';
import type { Matter, RecordRow } from '../../../static/src/records/shapes';

const matter = (code: string, photo_policy: Matter['photo_policy'] = 'forbidden'): Matter => ({ code, photo_policy }) as Matter;
const full: InformationDraft = {
  ...freshDraft('g'), household_id: 'h', finding: 'moved_in', business_name: '面馆', place_words: '路口', wants_answer: true, note: '话', photos: [{ sha256: 'a', role: 'scene' }],
  adding: { door: '永宁路88号', contact_name: '沈', contact_phone: '' },
};
const record = (more: Partial<RecordRow> = {}): RecordRow => ({
  id: 'r', version: 2, kind: 'information', grid_id: 'g', author_id: 'me', author_name: '沈', acted_at: 0, day: '2026-11-24', state: 'closed', photos: [], review: { status: 'returned', hints: [] }, history: [], delivery: 'delivered', photos_waiting: 0,
  matter_code: 'INFO-03', body: { business_name: '面馆', finding: 'opened', place_words: '路口', note: '' }, ...more,
});

describe('what a matter needs', () => {
  it('is asked for one by one, and a matter without an entry wants words alone', () => {
    expect(isWorthKeeping(freshDraft('g'))).toBe(false);
    expect(isWorthKeeping({ ...freshDraft('g'), adding: full.adding })).toBe(true);
    expect(missing(freshDraft('g'))).toBe('matter');
    expect(missing({ ...freshDraft('g'), matter_code: 'INFO-01' })).toBe('household_id');
    expect(missing({ ...freshDraft('g'), matter_code: 'INFO-01', household_id: 'h' })).toBe('finding');
    expect(missing({ ...freshDraft('g'), matter_code: 'INFO-03', finding: 'opened', business_name: '  ', place_words: '路口' })).toBe('business_name');
    expect(missing({ ...freshDraft('g'), matter_code: 'INFO-06' })).toBe('note');
    expect(missing({ ...freshDraft('g'), matter_code: 'INFO-99' })).toBe('note');
    expect(missing({ ...freshDraft('g'), matter_code: 'INFO-02', obstructed: true })).toBeUndefined();
    expect(hasRoomFor('INFO-99', 'household_id')).toBe(false);
    expect(needs('INFO-06', 'household_id')).toBe(false);
    expect(hasRoomFor('INFO-06', 'household_id')).toBe(true);
  });
  it('is all that leaves the phone: what was filled in for another matter stays', () => {
    const sent = (code: string, policy?: Matter['photo_policy']) => reportFields({ ...full, matter_code: code }, matter(code, policy));
    expect(sent('INFO-07')).toEqual({ grid_id: 'g', matter_code: 'INFO-07', place_words: '路口', wants_answer: true, note: '话', photos: [], photo_gap: undefined, obstructed: undefined });
    expect(Object.keys(sent('INFO-01')).filter((field) => field in ASKED)).toEqual(['household_id', 'finding', 'note']);
    expect(sent('INFO-03', 'optional').photos).toHaveLength(1);
    expect(bodyFor({ ...full, matter_code: 'INFO-99' })).toEqual({ note: '话' });
  });
  it('lets a finding go that the new matter does not know, and keeps one that it knows', () => {
    expect(withMatter(full, 'INFO-03')).toEqual({ matter_code: 'INFO-03', finding: undefined });
    expect(withMatter(full, 'INFO-05')).toEqual({ matter_code: 'INFO-05' });
  });
});

describe('returned information', () => {
  it('sends the changed fields alone', () => {
    const draft = draftFromRecord(record(), matter('INFO-03', 'optional'));
    expect(correction(draft, matter('INFO-03', 'optional'))).toBeUndefined();
    expect(correction({ ...draft, place_words: '东口', grid_id: 'x' }, matter('INFO-03', 'optional'))).toEqual({ place_words: '东口' });
  });
  it('may take back that an answer is wanted, and never changes whose it is', () => {
    const of = matter('INFO-06');
    const draft = draftFromRecord(record({ matter_code: 'INFO-06', body: { household_id: 'h', wants_answer: true, note: '灯' } }), of);
    expect(correction({ ...draft, wants_answer: false, household_id: 'other' }, of)).toEqual({ wants_answer: false });
  });
  it('can be corrected after its household was deleted', () => {
    const draft = draftFromRecord(record({ matter_code: 'INFO-01', body: { finding: 'moved_out', note: '' } }), matter('INFO-01'));
    expect(missing(draft)).toBeUndefined();
  });
  it('opens a refused one with all that was said', () => {
    expect(draftFromPayload({ id: 'r', grid_id: 'g', matter_code: 'INFO-01', household_id: 'h', finding: 'as_known' }, 'm')).toMatchObject({ household_id: 'h', finding: 'as_known', note: '', replaces: 'm' });
  });
});
