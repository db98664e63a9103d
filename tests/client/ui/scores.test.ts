import { describe, expect, it } from 'vitest';
import { dutiesOf, isDisputed, mayBeEvidence, mayObject, objectTo, sayMore, scoreSheets, type Objection, type ScoreSheet } from '../../../static/src/records/scores';
import type { Row } from '../../../static/src/store/api';
import { FakeStore, sessionOf } from './fake_store';

const worker = sessionOf([]);
const line = (indicator: string, disputed = false) => ({ indicator, disputed }) as ScoreSheet['sheet']['lines'][number];
const sheet = (more: Partial<ScoreSheet> = {}): ScoreSheet => ({ id: 's', version: 1, delivery: 'delivered', photos_waiting: 0, period: '2026-10', object_until: '2026-11-10', closed: false, rule_set_id: 'r', at: 1, facts: {}, sheet: { lines: [line('A'), line('B')] }, sheet_sha256: 'x', earlier: [], objections: [], ...more }) as unknown as ScoreSheet;
const objection = (more: Partial<Objection>): Objection => ({ id: 'o', indicator: 'A', stage: 1, reason: 'other', at: 1, ...more });

describe('a score sheet', () => {
  it('may be objected to on its last day and not after', () => {
    expect(mayObject(sheet(), 'A', '2026-11-10')).toBe(true);
    expect(mayObject(sheet(), 'A', '2026-11-11')).toBe(false);
  });
  it('takes one objection a line, and once more when the points were kept', () => {
    expect(mayObject(sheet({ objections: [objection({})] }), 'A', '2026-11-01')).toBe(false);
    expect(mayObject(sheet({ objections: [objection({})] }), 'B', '2026-11-01')).toBe(true);
    expect(mayObject(sheet({ objections: [objection({ outcome: 'kept' })] }), 'A', '2026-12-01')).toBe(true);
    expect(mayObject(sheet({ objections: [objection({ outcome: 'accepted' })] }), 'A', '2026-11-01')).toBe(false);
    expect(mayObject(sheet({ objections: [objection({ outcome: 'kept' }), objection({ stage: 2, outcome: 'kept' })] }), 'A', '2026-11-01')).toBe(false);
  });
  it('shows a line in dispute from the tap on, before anything was sent', async () => {
    const store = new FakeStore(worker, {});
    await objectTo(store, sheet(), 'A', 'miscounted', 5);
    const act = store.acts[0]!;
    expect(act).toMatchObject({ name: 'objections.make', payload: { sheet_id: 's', indicator: 'A', reason: 'miscounted' } });
    const shown = act.shows!.row as unknown as ScoreSheet;
    expect([isDisputed(shown, line('A')), isDisputed(shown, line('B'))]).toEqual([true, false]);
  });
  it('takes words afterwards', async () => {
    const store = new FakeStore(worker, {});
    await sayMore(store, sheet({ objections: [objection({})] }), objection({}), '那天在培训', ['r1']);
    expect(store.acts[0]).toMatchObject({ name: 'objections.say', payload: { id: 'o', words: '那天在培训', evidence: ['r1'] } });
  });
  it('offers as evidence what is own, delivered and of the period', async () => {
    const record = (id: string, more: object = {}) => ({ id, kind: 'visit', day: '2026-10-09', author_id: worker.person.id, delivery: 'delivered', acted_at: 1, body: {}, ...more });
    const rows = [record('own'), record('of_another', { author_id: 'x' }), record('waiting', { delivery: 'waiting' }), record('later', { day: '2026-11-02' })] as unknown as Row[];
    const facts = { period: { type: 'month', start: '2026-10-01', end: '2026-11-01' } } as unknown as ScoreSheet['facts'];
    expect((await mayBeEvidence(new FakeStore(worker, { record: rows }), sheet({ facts }))).map((one) => one.id)).toEqual(['own']);
  });
  it('stands newest first', async () => {
    const rows = ['2026-09', '2026-11', '2026-10'].map((period) => sheet({ id: period, period })) as unknown as Row[];
    expect((await scoreSheets(new FakeStore(worker, { score_sheet: rows }))).map((one) => one.period)).toEqual(['2026-11', '2026-10', '2026-09']);
  });
});

describe('what is due this month', () => {
  it('leaves out what was refused, handed back or taken back', async () => {
    const task = (id: string, state: string) => ({ id, state, person_id: worker.person.id, due_day: '2026-11-09', assigned_at: 1 });
    const rows = ['done', 'open', 'refused', 'handed_back', 'withdrawn'].map((state) => task(state, state)) as unknown as Row[];
    expect(await dutiesOf(new FakeStore(worker, { task: rows, record: [], visit_plan: [] }), '2026-11')).toEqual([{ kind: 'tasks', done: 1, due: 2 }]);
  });
});
