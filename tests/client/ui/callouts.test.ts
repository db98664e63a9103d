import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { boardOf, openCallouts, standing, tell, tellPlace, type Answer, type Told } from '../../../static/src/records/callouts';
import type { Staff } from '../../../static/src/records/shapes';
import type { Row } from '../../../static/src/store/api';
import { en, zh } from '../../../static/src/text/callouts';
import { FakeStore, sessionOf } from './fake_store';

const cases = JSON.parse(readFileSync(new URL('../../shared_cases/callout_standing.json', import.meta.url), 'utf8')) as { told: [Told, number][]; stands: Told | null }[];
const answer = (person_id: string, kind: Told, at = 1): Answer => ({ id: `${person_id}${at}`, callout_id: 'c', person_id, kind, at, delivery: 'delivered', photos_waiting: 0 });
const person = (person_id: string, grid_id = 'g'): Staff => ({ id: `${grid_id}${person_id}`, grid_id, person_id, name: person_id, roles: [] });

describe('where somebody stands', () => {
  it.each(cases)('$stands after $told', ({ told, stands }) => {
    expect(standing(told.map(([kind, at]) => ({ kind, at })))?.kind ?? null).toBe(stands);
  });
});

describe('a call-out on the phone', () => {
  it('is over when its time is over, though the word of the server has not come', async () => {
    const row = (id: string, state: string, ends_at: number) => ({ id, state, ends_at, opened_at: ends_at - 10 }) as unknown as Row;
    const store = new FakeStore(sessionOf([]), { callout: [row('a', 'open', 90), row('b', 'open', 200), row('c', 'ended', 200), row('d', 'open', 300)] });
    expect((await openCallouts(store, 100)).map((one) => one.id)).toEqual(['d', 'b']);
  });
  it('stays open by the server\'s clock on a phone whose own runs a day ahead', async () => {
    const store = new FakeStore(sessionOf([]), { callout: [{ id: 'a', state: 'open', ends_at: Date.now() - 20 * 3600_000, opened_at: 0 } as unknown as Row] });
    store.clock_skew_ms = -24 * 3600_000;
    expect(await openCallouts(store)).toHaveLength(1);
  });
  it('is answered before all else, without a hold, and with a position only where one is sent', async () => {
    const store = new FakeStore(sessionOf([]), {});
    await tell(store, 'c', 'need_help');
    await tell(store, 'c', 'received', { lng: 1, lat: 2, accuracy_m: 3 });
    const [plain, placed] = store.acts;
    expect(plain).toMatchObject({ name: 'callouts.answer', lane: 'urgent', payload: { callout_id: 'c', kind: 'need_help' } });
    expect(plain!.hold_ms).toBeUndefined();
    expect(plain!.payload).not.toHaveProperty('place');
    expect(placed!.payload.place).toEqual({ lng: 1, lat: 2, accuracy_m: 3 });
    expect(placed!.shows!.row).not.toHaveProperty('place');
  });
  it('says before a position is sent that one filed in a case is kept for longer', () => {
    expect([zh.place_hint, en.place_hint]).toEqual([expect.stringContaining('归入案件的除外'), expect.stringContaining('unless it is filed in a case')]);
  });
  it('sends no position that was found only after its end', async () => {
    const row = (id: string, state: string) => ({ id, state, ends_at: Date.now() + 60_000, opened_at: 0 }) as unknown as Row;
    const store = new FakeStore(sessionOf([]), { callout: [row('a', 'ended'), row('b', 'open')] });
    const place = { lng: 1, lat: 2, accuracy_m: 3 };
    expect(await tellPlace(store, 'a', place)).toBeUndefined();
    expect(store.acts).toEqual([]);
    expect(await tellPlace(store, 'b', place)).toMatchObject({ saved: true });
    expect(store.acts[0]!.payload.place).toEqual(place);
  });
  it('shows a leader each colleague of the own grids once, by name, never oneself or another grid', () => {
    const staff = [person('me'), person('b'), person('a'), person('a', 'h'), person('d'), person('e'), person('x', 'other')];
    const told = [answer('a', 'need_help', 1), answer('b', 'received'), answer('d', 'safe'), answer('x', 'need_help')];
    const board = boardOf(staff, told, ['g', 'h'], 'me');
    expect([board.called, board.safe, board.received]).toEqual([4, 1, 1]);
    expect(board.need_help.map((one) => one.person_id)).toEqual(['a']);
    expect(board.waiting.map((one) => one.person_id)).toEqual(['e']);
  });
});
