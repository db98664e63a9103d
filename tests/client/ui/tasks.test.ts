import { describe, expect, it } from 'vitest';
import * as tasks from '../../../static/src/records/tasks';
import type { Task } from '../../../static/src/records/tasks';
import { rulingWords } from '../../../static/src/records/task_row';
import { givenOut } from '../../../static/src/screens/leader/given';
import { sayDay } from '../../../static/src/text/days';
import { k } from '../../../static/src/text/tasks';
import type { RecordRow } from '../../../static/src/records/shapes';
import { FakeStore, sessionOf } from './fake_store';

const worker = sessionOf([{ role: 'full_time_worker', grid_id: 'g', org_unit_id: 'u', org_unit_name: '', from: '2026-01-01' }], '沈', 'worker');
const task = (more: Partial<Task> = {}): Task => ({ id: 't', version: 3, grid_id: 'g', person_id: 'worker', person_name: '沈', assigned_by: 'leader', assigned_by_name: '方', assigned_at: 10, matter_code: 'HAZ-01', words: '看电线', due_day: '2026-11-28', state: 'open', steps: [], ...more });
const record = (more: Partial<RecordRow>): RecordRow => ({ id: 'r', kind: 'hazard', grid_id: 'g', author_id: 'worker', acted_at: 20, matter_code: 'HAZ-01', delivery: 'delivered', ...more }) as RecordRow;

describe('what a leader has given out', () => {
  const DAY = 86_400_000, NOW = 100 * DAY;
  const refused = (id: string, more: object = {}) => task({ id, state: 'refused', refusal: { id: 'f', ground: 1, at: NOW, ...more } });
  const done = (id: string, at: number) => task({ id, state: 'done', steps: [{ step: 'assigned', at: 1 }, { step: 'done', at }] });
  it('keeps a refused one in sight, waiting for its ruling, ruled or standing, and what was lately done', () => {
    const given = [done('done', NOW - DAY), done('long done', NOW - 8 * DAY), task({ id: 'open' }), task({ id: 'back', state: 'handed_back' }), task({ id: 'withdrawn', state: 'withdrawn' }), task({ id: 'elsewhere', grid_id: 'h' }),
      refused('waits'), refused('stood', { ruling: 'stood', ruled_at: NOW - 29 * DAY }), refused('long ago', { ruling: 'upheld', ruled_at: NOW - 31 * DAY })];
    expect(givenOut(given, ['g'], NOW).map((one) => one.id)).toEqual(['open', 'back', 'waits', 'stood', 'done']);
  });
  it('says how a refusal was ruled on', () => {
    const words = (more: object) => rulingWords({ id: 'f', ground: 1, at: 1, ...more });
    expect([words({}), words({ rule_by: '2026-12-03' }), words({ ruling: 'stood' })]).toEqual([k('ruling.waiting_no_day'), k('ruling.waiting', { day: sayDay('2026-12-03') }), k('ruling.stood')]);
  });
});

describe('tasks', () => {
  it('are proven by own records of the grid made since, those of the matter first', () => {
    const found = tasks.proofs(task(), [record({ id: 'before', acted_at: 9 }), record({ id: 'other', matter_code: 'HAZ-02', acted_at: 30 }), record({ id: 'r' }), record({ id: 'theirs', author_id: 'x' }), record({ id: 'far', grid_id: 'h' }), record({ id: 'not', delivery: 'refused' })]);
    expect(found.map((one) => one.id)).toEqual(['r', 'other']);
  });
  it('told by the worker name no version, decided by the assigner they do', async () => {
    const store = new FakeStore(worker, {});
    await tasks.refuse(store, task(), 'f', 2);
    await tasks.withdraw(store, task());
    expect(store.acts[0]).toMatchObject({ name: 'tasks.refuse', payload: { id: 'f', task_id: 't', ground: 2 }, shows: { kind: 'task', row: { state: 'refused', refusal: { ground: 2 } } } });
    expect(store.acts[0]!.base_version).toBeUndefined();
    expect(store.acts[1]).toMatchObject({ name: 'tasks.withdraw', base_version: 3, shows: { row: { state: 'withdrawn' } } });
  });
  it('done wait for the report of their record, never for a correction of it, and for nothing once it is there', async () => {
    const line = (name: string, state: 'refused' | 'conflict' | 'waiting') => ({ mutation_id: name, lane: 'normal' as const, name, made_at: 1, state, photos_waiting: 0, payload: { id: 'r' }, shows: { kind: 'record', id: 'r' } });
    const store = new FakeStore(worker, {});
    store.items = [line('records.correct', 'conflict'), line('hazards.report', 'waiting')];
    await tasks.finish(store, task(), record({}));
    await tasks.finish(store, task(), record({ version: 2 }));
    expect(store.acts.map(({ depends_on }) => depends_on)).toEqual([['hazards.report'], undefined]);
  });
  it('taken back are as they were, without the refusal; another day opens what was handed back', async () => {
    const store = new FakeStore(worker, {});
    await tasks.takeBack(store, task({ state: 'refused', refusal: { id: 'f', ground: 1, at: 1 } }), 'f');
    await tasks.setDue(store, task({ state: 'handed_back', asked_day: '2026-12-01' }), '2026-12-02');
    // laid over the row of an act that is not sent yet: what is left out would shine through
    expect(store.acts[0]!.shows!.row).toMatchObject({ state: 'open', refusal: null });
    expect(store.acts[1]!.shows!.row).toMatchObject({ state: 'open', due_day: '2026-12-02', asked_day: null });
  });
});
