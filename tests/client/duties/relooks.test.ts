import { describe, expect, it } from 'vitest';
import { saveRelook } from '../../../static/src/duties/hazards/actions';
import { relooksDue } from '../../../static/src/duties/hazards/relooks';
import { nextOn } from '../../../static/src/duties/hazards/rules';
import { promisedLooks } from '../../../static/src/records/scores';
import type { HazardBody, Matter, RecordRow, Relook } from '../../../static/src/records/shapes';
import { dueOf, lookAgainOn } from '../../../static/src/store/pages';
import { FakeStore, sessionOf } from '../ui/fake_store';

const me = sessionOf([]).person.id;
const at = (day: string) => Date.parse(`${day}T02:00:00Z`);
const look = (day: string, next_on?: string, outcome: Relook['outcome'] = 'not_fixed', by_id = me): Relook =>
  ({ id: day, at: at(day), by_name: '沈', outcome, note: '', photos: [], ...(next_on ? { next_on, by_id } : {}) });
const hazard = (relook_on: string | undefined, ...relooks: Relook[]): RecordRow => ({
  id: 'r', version: 3, kind: 'hazard', grid_id: 'g', author_id: me, author_name: '沈', acted_at: 0, day: '2026-11-20', state: 'open', photos: [], review: { status: 'approved', hints: [] }, history: [],
  delivery: 'delivered', photos_waiting: 0, matter_code: 'HAZ-02', body: { severity: 'general', advice: [], fixed_on_spot: false, note: '', place: { source: 'none' }, ...(relook_on ? { relook_on } : {}), relooks },
});
const matter = { code: 'HAZ-02', relook_days: 3 } as Matter;

describe('when a hazard is looked at again', () => {
  const again = (...told: Parameters<typeof hazard>) => lookAgainOn(hazard(...told).body as unknown as HazardBody) || undefined;
  it.each<[string, Parameters<typeof hazard>, string | undefined]>([
    ['as its report said', ['2026-11-23'], '2026-11-23'],
    ['as the last look said, earlier or later', ['2026-11-23', look('2026-11-23', '2026-11-30'), look('2026-11-29', '2026-12-02')], '2026-12-02'],
    ['by the look alone, where the report named no day', [undefined, look('2026-11-23', '2026-11-26')], '2026-11-26'],
    ['never, when a look on the day named none', ['2026-11-23', look('2026-11-23')], undefined],
    ['on the day that is still ahead, when an earlier look named none', ['2026-11-23', look('2026-11-22')], '2026-11-23'],
    ['on the day that an earlier look named, likewise', ['2026-11-23', look('2026-11-23', '2026-11-30'), look('2026-11-25')], '2026-11-30'],
    ['never, once it was fixed', ['2026-11-23', look('2026-11-22', undefined, 'fixed')], undefined],
    ['again, when what was fixed is not any more', ['2026-11-23', look('2026-11-23', undefined, 'fixed'), look('2026-11-27', '2026-12-01', 'worse')], '2026-12-01'],
  ])('%s', (_, told, day) => expect(again(...told)).toBe(day));

  it('is in the due list from that day on and in the index of due days', () => {
    const record = hazard('2026-11-23', look('2026-11-23', '2026-11-26'));
    const due = (day: string) => relooksDue([record], day, ['g']).length;
    expect([due('2026-11-25'), due('2026-11-26'), due('2026-12-24')]).toEqual([0, 1, 1]);
    expect(dueOf(record)).toBe('2026-11-26');
    expect(dueOf(hazard('2026-11-23', look('2026-11-23')))).toBe('');
    expect(dueOf(hazard('2026-11-23', look('2026-11-23', undefined, 'fixed')))).toBe('');
  });
});

describe('the form of a re-look', () => {
  const next = (body: { outcome?: string; next_on?: string }, day = '2026-11-24') => nextOn(body, matter, day);
  it('presets what the matter says, counted from the day of the look', () => {
    expect(next({ outcome: 'not_fixed' })).toBe('2026-11-27');
    expect(next({ outcome: 'worse' }, '2026-11-29')).toBe('2026-12-02');
    expect(nextOn({ outcome: 'worse' }, { code: 'HAZ-09' } as Matter, '2026-11-24')).toBeUndefined();
  });
  it('keeps the day that was chosen, or taken away', () => {
    expect(next({ outcome: 'not_fixed', next_on: '2026-12-09' })).toBe('2026-12-09');
    expect(next({ outcome: 'not_fixed', next_on: '' })).toBeUndefined();
  });
  it('has none before the outcome is said, and none of what is fixed', () => {
    expect(next({})).toBeUndefined();
    expect(next({ outcome: 'fixed', next_on: '2026-12-09' })).toBeUndefined();
  });
  it.each(['2026-11-23', '2026-11-24'])('lets go of a day that a draft has outlived, or has come to: nobody promises the day of the look itself', (next_on) =>
    expect(next({ outcome: 'not_fixed', next_on })).toBe('2026-11-27'));
});

describe('a re-look that is not sent yet', () => {
  const saved = async (outcome: Relook['outcome'], next_on?: string) => {
    const store = new FakeStore(sessionOf([]), { record: [hazard('2026-11-23') as never] });
    await saveRelook(store, 'l', hazard('2026-11-23'), { outcome, note: '', photos: [] }, next_on);
    return { payload: store.acts[0]!.payload, row: (await store.get('record', 'r')) as unknown as RecordRow };
  };
  it('moves the day in the lists at once', async () => {
    const { payload, row } = await saved('not_fixed', '2099-12-01');
    expect(payload).toMatchObject({ hazard_id: 'r', outcome: 'not_fixed', next_on: '2099-12-01' });
    expect((row.body as unknown as HazardBody).relooks?.at(-1)).toMatchObject({ outcome: 'not_fixed', next_on: '2099-12-01', by_id: me });
    expect([relooksDue([row], '2099-11-30', ['g']).length, relooksDue([row], '2099-12-01', ['g']).length]).toEqual([0, 1]);
  });
  it('without a day says nothing of one', async () => {
    const { payload, row } = await saved('worse');
    expect(payload).not.toHaveProperty('next_on');
    expect(relooksDue([row], '2099-12-01', ['g'])).toEqual([]);
  });
});

describe('own promised looks of a month', () => {
  const mine = (...told: Parameters<typeof hazard>) => promisedLooks(hazard(...told), me).map(({ on, kept }) => `${on.slice(5)} ${kept}`);
  it('are the day of the report and each that a look named, kept by the first look of a later day', () => {
    expect(mine('2026-11-23')).toEqual(['11-23 false']);
    expect(mine('2026-11-23', look('2026-11-23', '2026-11-26'))).toEqual(['11-23 true', '11-26 false']);
    expect(mine('2026-11-23', look('2026-11-23', '2026-11-26'), look('2026-11-26', '2026-11-29'), look('2026-11-29', undefined, 'fixed'))).toEqual(['11-23 true', '11-26 true', '11-29 true']);
  });
  it('are one a day, and none that another named', () => {
    expect(mine(undefined, look('2026-11-23', '2026-11-26'), look('2026-11-23', '2026-11-27'))).toEqual(['11-27 false']);
    expect(mine(undefined, look('2026-11-23', '2026-11-26'), look('2026-11-23', undefined, 'fixed'))).toEqual([]);
    expect(mine(undefined, look('2026-11-23', '2026-11-26', 'not_fixed', 'other'), look('2026-11-26'))).toEqual([]);
  });
});
