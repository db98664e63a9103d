import { describe, expect, it } from 'vitest';
import { correction, draftFromPayload, draftFromRecord, dueKey, freshDraft, isWorthKeeping, missing, reportFields } from '../../../static/src/duties/publicity/rules';
import type { Matter, RecordRow } from '../../../static/src/records/shapes';

const matter = (more: Partial<Matter> = {}): Matter => ({ code: 'PUB-01', photo_policy: 'optional', deadline_unit: 'plan', ...more }) as Matter;
const record = (more: Partial<RecordRow> = {}): RecordRow => ({
  id: 'r', version: 2, kind: 'publicity', grid_id: 'g', author_id: 'me', author_name: '沈', acted_at: 0, day: '2026-11-24', state: 'closed', photos: [], review: { status: 'returned', hints: [] }, history: [], delivery: 'delivered', photos_waiting: 0,
  matter_code: 'PUB-01', body: { people: 20, households: 0, note: '' }, ...more,
});

describe('a session of publicity', () => {
  it('asks for the matter, then for one of the two numbers, and for nothing else', () => {
    const draft = freshDraft('g');
    expect(isWorthKeeping(draft)).toBe(false);
    expect(missing(draft)).toBe('matter');
    expect(missing({ ...draft, matter_code: 'PUB-01' })).toBe('reached');
    expect(missing({ ...draft, matter_code: 'PUB-01', households: 3 })).toBeUndefined();
    expect(missing({ ...draft, matter_code: 'PUB-01', obstructed: true })).toBeUndefined();
  });
  it('sends no photo that its matter forbids', () => {
    const draft = { ...freshDraft('g'), matter_code: 'PUB-01', people: 4, photos: [{ sha256: 'a', role: 'scene' as const }] };
    expect(reportFields(draft, matter()).photos).toHaveLength(1);
    expect(reportFields(draft, matter({ photo_policy: 'forbidden' })).photos).toEqual([]);
  });
  it('says whether a plan or a policy asks for it', () => {
    expect(dueKey(matter())).toBe('publicity.by_plan');
    expect(dueKey(matter({ deadline: 10, deadline_unit: 'working_days' }))).toBe('publicity.within');
    expect(dueKey(matter({ deadline_unit: 'order' }))).toBeUndefined();
  });
});

describe('a returned session', () => {
  it('sends the changed fields alone, never grid or matter', () => {
    const draft = draftFromRecord(record(), matter());
    expect(correction(draft, matter())).toBeUndefined();
    expect(correction({ ...draft, households: 8, grid_id: 'other', matter_code: 'PUB-02' }, matter())).toEqual({ households: 8, matter_code: 'PUB-02' });
  });
  it('opens a refused one with all that was said', () => {
    expect(draftFromPayload({ id: 'r', grid_id: 'g', matter_code: 'PUB-02', people: 5, households: 0, photos: [] }, 'm')).toMatchObject({ people: 5, note: '', replaces: 'm', obstructed: false });
  });
});
