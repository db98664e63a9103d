import { describe, expect, it } from 'vitest';
import { addition, draftFromPayload, draftFromRecord, freshDraft, gasNumber, isWorthKeeping, matterFor as matterIn, reportFields, withCall, type EmergencyDraft } from '../../../static/src/duties/emergencies/rules';
import { trimmed } from '../../../static/src/records/envelope';
import type { Matter, RecordRow } from '../../../static/src/records/shapes';

const matter = (code: string, name_zh: string, more: Partial<Matter> = {}): Matter => ({ id: code, code, name_zh, duty: 'emergencies', data_class: 'N', photo_policy: 'optional', from: '2026-01-01', ...more });
const flood = matter('EMG-01', '防汛防台巡查和人员转移协助', { deadline: 30, deadline_unit: 'minutes' });
const fire = matter('EMG-02', '火灾、燃气泄漏等险情先期报告', { deadline: 5, deadline_unit: 'minutes' });
const hurt = matter('EMG-04', '人身伤害、突发疾病等求助先期报告', { deadline: 5, deadline_unit: 'minutes', photo_policy: 'forbidden' });
const matters = [flood, fire, hurt, matter('EMG-05', '低温雨雪冰冻应对')];
const past = (more: Partial<RecordRow> = {}): RecordRow => ({
  id: 'r', version: 2, kind: 'emergency', grid_id: 'g', author_id: 'you', author_name: '沈', acted_at: 0, day: '2026-11-20', state: 'closed', photos: [{ sha256: 'a', role: 'scene', held: true }], review: { status: 'none', hints: [] },
  history: [], matter_code: 'EMG-02', delivery: 'delivered', photos_waiting: 0, body: { calls: [{ number: '119', at: 100 }], gas_smell: false, note: '旧', place: { source: 'none' }, place_words: '桥边' }, ...more,
});
const matterFor = (one: EmergencyDraft, list: Matter[], records: RecordRow[], word = '燃气') => matterIn(one, list, records, word);
const draft = (more: Partial<EmergencyDraft> = {}): EmergencyDraft => ({ ...freshDraft('g'), ...more });

describe('the matter of one tap', () => {
  it('is the one chosen, before all else', () => expect(matterFor(draft({ matter_code: 'EMG-05', gas_smell: true }), matters, [past()])?.code).toBe('EMG-05'));
  it('is that of gas where gas is smelled', () => expect(matterFor(draft({ gas_smell: true }), matters, [past({ matter_code: 'EMG-01' })])?.code).toBe('EMG-02'));
  it('is that of gas in English too', () => expect(matterFor(draft({ gas_smell: true }), [flood, { ...fire, name_en: 'First report of fire, gas leak' }], [past({ matter_code: 'EMG-01' })], 'gas')?.code).toBe('EMG-02'));
  it('is what this grid reports most, whoever did', () => expect(matterFor(draft(), matters, [past({ matter_code: 'EMG-05' }), past({ matter_code: 'EMG-05' }), past({ matter_code: 'EMG-02' })])?.code).toBe('EMG-05'));
  it('does not learn from other grids or kinds', () => expect(matterFor(draft(), matters, [past({ matter_code: 'EMG-05', grid_id: 'h' }), past({ matter_code: 'EMG-05', kind: 'hazard' })])?.code).toBe('EMG-02'));
  it('is else the one that leaves the least time', () => expect(matterFor(draft(), matters, [])?.code).toBe('EMG-02'));
  it('is none where the phone has no list', () => expect(matterFor(draft(), [], [])).toBeUndefined());
});

describe('a call', () => {
  it('is noted with its time, each of them', () => expect(withCall([{ number: '119', at: 1000 }], '120', 2000)).toEqual([{ number: '119', at: 1000 }, { number: '120', at: 2000 }]));
  it('tapped twice by a shaking hand is one', () => expect(withCall([{ number: '119', at: 1000 }], '119', 3900)).toHaveLength(1));
  it('again after a while is another', () => expect(withCall([{ number: '119', at: 1000 }], '119', 60_000)).toHaveLength(2));
  it('never makes the list longer than the server takes', () => expect(withCall(Array.from({ length: 20 }, (_, n) => ({ number: '110' as const, at: n * 5000 })), '119', 1e6)).toHaveLength(20));
  it('alone is worth keeping', () => { expect(isWorthKeeping(draft())).toBe(false); expect(isWorthKeeping(draft({ calls: [{ number: '119', at: 1 }] }))).toBe(true); });
});

it('the gas number is the county\'s own, or none', () => {
  const policies = [{ id: 'p', name: 'gas_numbers', value: { '330424': '0573-11' } }];
  expect([gasNumber(policies, '330424'), gasNumber(policies, '330481'), gasNumber([], '330424')]).toEqual(['0573-11', undefined, undefined]);
});

describe('what is told', () => {
  it('is little: the matter, the call, the grid', () => {
    const told = trimmed(reportFields(draft({ calls: [{ number: '119', at: 5 }] }), fire));
    expect(told).toEqual({ grid_id: 'g', matter_code: 'EMG-02', calls: [{ number: '119', at: 5 }], gas_smell: false, place: { source: 'none' }, photos: [] });
  });
  it('leaves out a photo that the matter forbids', () => expect(reportFields(draft({ photos: [{ sha256: 'a', role: 'scene' }] }), hurt)['photos']).toEqual([]));
  it('comes back from a refusal as it was', () => expect(draftFromPayload({ id: 'r', grid_id: 'g', calls: [{ number: '119', at: 5 }], note: '烟' }, 'm')).toMatchObject({ replaces: 'm', note: '烟', calls: [{ number: '119', at: 5 }], photos: [] }));
});

describe('what is added', () => {
  const opened = (more: Partial<EmergencyDraft> = {}) => ({ ...draftFromRecord(past(), fire), ...more });
  it('is nothing when nothing was', () => expect(addition(opened(), fire)).toBeUndefined());
  it('is what differs', () => expect(addition(opened({ note: '火已灭', calls: [{ number: '119', at: 100 }, { number: '120', at: 200 }] }), fire)).toEqual({ note: '火已灭', calls: [{ number: '119', at: 100 }, { number: '120', at: 200 }] }));
  it('says of words taken out that they are empty', () => expect(addition(opened({ note: '', place_words: '' }), fire)).toEqual({ note: '', place_words: '' }));
  it('of another kind takes its photos back where that kind forbids them', () => expect(addition(opened({ matter_code: 'EMG-04' }), hurt)).toEqual({ matter_code: 'EMG-04', photos: [] }));
  it('names only what the server takes', () => expect(addition(opened({ photos: [], photo_gap: 'dark', obstructed: true, note: 'x' }), fire)).toEqual({ note: 'x', photos: [] }));
});
