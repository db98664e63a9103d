import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { boardOf, callForHelp, openCallouts, sawHelp, standing, tell, tellPlace, type Answer, type Told } from '../../../static/src/records/callouts';
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

describe('a call for help', () => {
  const later = Date.now() + 3600_000;
  const callout = (id: string, opened_at: number) => ({ id, state: 'open', ends_at: later, opened_at }) as unknown as Row;
  const says = (callout_id: string, person_id: string, kind: Told, at: number) => ({ ...answer(person_id, kind, at), id: `${callout_id}${person_id}${at}`, callout_id }) as unknown as Row;
  const phone = (...answers: Row[]) => new FakeStore(sessionOf([], '周', 'me'), { callout: [callout('new', 2), callout('old', 1)], callout_answer: answers, message: [{ id: 'm', kind: 'callout_help', at: 1 } as unknown as Row, { id: 'n', kind: 'callout_help', at: 1 } as unknown as Row] });
  it.each<[string, Row[], string | undefined]>([
    ['where it was called, not in the newest call-out', [says('old', 'a', 'need_help', 5)], 'old'],
    ['where it was called last', [says('old', 'a', 'need_help', 9), says('new', 'b', 'need_help', 5)], 'old'],
    ['nowhere, once all of them said that all is well', [says('old', 'a', 'need_help', 5), says('old', 'a', 'safe', 6)], undefined],
    ['not where all is well again, but where it is not', [says('old', 'a', 'need_help', 3), says('new', 'b', 'need_help', 5), says('new', 'b', 'safe', 6)], 'old'],
    ['nowhere, when it is one\'s own', [says('new', 'me', 'need_help', 5)], undefined],
  ])('is open %s', async (_, answers, found) => expect((await callForHelp(phone(...answers)))?.id).toBe(found));
  it('was seen, alone of all, when it is open here; before its word has come it stays unread', async () => {
    const early = phone();
    await sawHelp(early, 'm');
    expect(early.acts).toEqual([]);
    const there = phone(says('old', 'a', 'need_help', 5));
    await sawHelp(there, 'm');
    await sawHelp(there, '');
    expect(there.acts.map((act) => [act.name, act.payload])).toEqual([['messages.read', { id: 'm' }]]);
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
