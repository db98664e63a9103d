import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readToday } from '../../../static/src/screens/worker/today';
import type { Row } from '../../../static/src/store/api';
import { addDays, today } from '../../../static/src/text/days';
import { FakeStore, sessionOf } from './fake_store';

const GRID = '00000000-0000-7000-8000-0000000000b1';
const ROLE = { role: 'full_time_worker', grid_id: GRID } as never;

const hazard = (id: string, relook_on: string): Row => ({
  id, kind: 'hazard', state: 'open', grid_id: GRID, author_id: 'someone', matter_code: 'HAZ-01', body: { relook_on }, review: { status: 'approved' },
});
const mediation = (id: string, me: string, revisit_on: string): Row => ({
  id, kind: 'mediation', state: 'open', grid_id: GRID, author_id: me, matter_code: 'MED-01', body: { revisit_on, relook_on: revisit_on }, review: { status: 'approved' },
});

const read = (tables: Record<string, Row[]>) => readToday(new FakeStore(sessionOf([ROLE]), tables));

describe('today', () => {
  beforeEach(() => { vi.stubGlobal('document', { scripts: [], documentElement: { dataset: {} } }); });

  it('does not call itself done before anything was fetched', async () => {
    expect((await read({})).isFetched).toBe(false);
    expect((await read({ matter: [{ id: 'm', code: 'HAZ-01' }] })).isFetched).toBe(true);
  });

  it('shows first what has been due for longest, hazards and return visits together', async () => {
    const day = today(), me = sessionOf([ROLE]).person.id;
    const record = [hazard('today', day), hazard('month', addDays(day, -29)), mediation('week', me, addDays(day, -7)), hazard('yesterday', addDays(day, -1))];
    expect((await read({ record })).relooks.map(({ id }) => id)).toEqual(['month', 'week', 'yesterday', 'today']);
  });

  it('shows a hazard that is still not put right when the last look said, and in that place', async () => {
    const day = today(), looked = (id: string, next_on: string) => ({ ...hazard(id, addDays(day, -40)), body: { relook_on: addDays(day, -40), relooks: [{ at: Date.now() - 40 * 86_400_000, outcome: 'not_fixed', next_on }] } });
    const record = [looked('later', addDays(day, 1)), looked('second', addDays(day, -1)), hazard('first', addDays(day, -2)), looked('third', day)];
    expect((await read({ record })).relooks.map(({ id }) => id)).toEqual(['first', 'second', 'third']);
  });
});
