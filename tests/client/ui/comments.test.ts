import { describe, expect, it } from 'vitest';
import { comment, mayComment } from '../../../static/src/records/comments';
import type { RecordRow } from '../../../static/src/records/shapes';
import { FakeStore, sessionOf } from './fake_store';

const adviser = sessionOf([{ role: 'grid_adviser', grid_id: 'g', org_unit_id: 'u', org_unit_name: '', from: '2026-01-01' }], '陆', 'adviser');
const record = (more: Partial<RecordRow> = {}): RecordRow => ({ id: 'a', version: 2, kind: 'hazard', grid_id: 'g', author_id: 'worker', history: [{ at: 1, by_name: '', step: 'saved' }], ...more }) as RecordRow;

describe('an adviser\u2019s comment', () => {
  it('is for the records of others in the advised grid, once the platform has them, outside any team', () => {
    expect(mayComment(record(), adviser)).toBe(true);
    expect([record({ grid_id: 'h' }), record({ author_id: 'adviser' }), record({ team_id: 't' }), record({ version: undefined as never })].map((one) => mayComment(one, adviser))).toEqual([false, false, false, false]);
    expect(mayComment(record(), sessionOf([{ role: 'grid_leader', grid_id: 'g', org_unit_id: 'u', org_unit_name: '', from: '2026-01-01' }], '陆', 'leader'))).toBe(false);
  });
  it('stands in the history at once and names no version: it decides nothing', async () => {
    const store = new FakeStore(adviser, {});
    await comment(store, record(), ' 请写明 ');
    expect(store.acts[0]).toMatchObject({ name: 'records.comment', payload: { record_id: 'a', words: '请写明' } });
    expect(store.acts[0]!.base_version).toBeUndefined();
    expect((store.acts[0]!.shows!.row as unknown as RecordRow).history.map((step) => step.step)).toEqual(['saved', 'commented']);
  });
});
