import { describe, expect, it } from 'vitest';
import { caseOf, mayVerify, verify, type Case } from '../../../static/src/records/cases';
import { FakeStore, sessionOf } from './fake_store';

const post = (role: string, grid_id: string) => ({ role, grid_id, org_unit_id: 'u', org_unit_name: '', from: '2026-01-01' });
const leader = sessionOf([post('grid_leader', 'g')], '方', 'leader');
const one = (more: Partial<Case> = {}): Case => ({ id: 'c', version: 7, record_id: 'r', grid_id: 'g', matter_code: 'HAZ-01', level: 'L3', state: 'done_reported', opened_at: 1, helpers: [], steps: [{ step: 'reported', at: 5 }], ...more });

describe('a case', () => {
  it('is found by its record', async () => {
    const store = new FakeStore(leader, { case: [one({ id: 'other', record_id: 'x' }), one()] as never });
    expect((await caseOf(store, 'r'))?.id).toBe('c');
    expect(await caseOf(store, 'none')).toBeUndefined();
  });
  it('is verified by whoever leads its grid, once a result is reported', () => {
    expect(mayVerify(one(), leader)).toBe(true);
    expect(mayVerify(one({ state: 'in_progress' }), leader)).toBe(false);
    expect(mayVerify(one({ grid_id: 'h' }), leader)).toBe(false);
    expect(mayVerify(one(), sessionOf([post('full_time_worker', 'g')], '沈', 'worker'))).toBe(false);
  });
  it('names the version seen and shows at once what was decided', async () => {
    const store = new FakeStore(leader, {});
    await verify(store, one(), true);
    await verify(store, one(), false, '通道还堵着');
    expect(store.acts[0]).toMatchObject({ name: 'cases.verify', payload: { case_id: 'c', settled: true }, base_version: 7, shows: { kind: 'case', row: { state: 'verified', steps: [{ step: 'reported' }, { step: 'verified', by_name: '方' }] } } });
    expect(store.acts[1]).toMatchObject({ payload: { settled: false, words: '通道还堵着' }, shows: { row: { state: 'in_progress', steps: [{}, { step: 'sent_back', words: '通道还堵着' }] } } });
  });
});
