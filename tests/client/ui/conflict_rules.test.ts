import { describe, expect, it } from 'vitest';
import type { Matter } from '../../../static/src/records/shapes';
import { keptMine, lastStep, sayValue, withMine, type Known } from '../../../static/src/shell/conflict_rules';
import type { OutboxItem, Row } from '../../../static/src/store/api';

const matter = { code: 'HAZ-02', name_zh: '消防通道（含楼道）', advice: [{ code: 'move', zh: '搬走', en: 'Move it' }] } as unknown as Matter;
const known: Known = { matters: new Map([['HAZ-02', matter]]), names: new Map([['h1', '横港路1号']]), matter };
const theirs = { id: 'r', version: 4, matter_code: 'HAZ-02', photos: [], body: { note: 'theirs', severity: 'general', relooks: [1] } } as unknown as Row;
const item = (changes: object, more: object = {}): OutboxItem =>
  ({ mutation_id: 'm', lane: 'urgent', name: 'records.correct', made_at: 1, state: 'conflict', shows: { kind: 'record', id: 'r' }, photos_waiting: 0, payload: { id: 'r', changes }, ...more }) as OutboxItem;

describe('keeping one\u2019s own side of a conflict', () => {
  it('lays what a record says into its body, beside what the other side left there', () => {
    const row = withMine('record', theirs, { note: 'mine', matter_code: 'HAZ-03' });
    expect(row).toEqual({ ...theirs, matter_code: 'HAZ-03', body: { note: 'mine', severity: 'general', relooks: [1] } });
  });
  it('lays the fields of a household into the row itself', () => {
    expect(withMine('household', { id: 'h', door: '1', contact_name: 'a' } as Row, { contact_name: 'b' })).toEqual({ id: 'h', door: '1', contact_name: 'b' });
  });
  it('says it again over the version that is there now, in its lane and with its photos', () => {
    const act = keptMine(item({ note: 'mine', photos: [{ sha256: 'aa', role: 'scene' }] }), theirs);
    expect(act).toMatchObject({ name: 'records.correct', lane: 'urgent', base_version: 4, photos: ['aa'] });
    expect(act.shows!.row).toMatchObject({ photos: [{ sha256: 'aa' }], body: { note: 'mine' } });
  });
});

describe('what a conflict shows', () => {
  it('of a decision is the step that came before it; a comment is none', () => {
    const steps = ['saved', 'corrected', 'commented'].map((step, at) => ({ step, at, by_name: 'x' }));
    expect(lastStep({ ...theirs, history: steps } as unknown as Row)).toEqual([steps[1]]);
    expect([lastStep(theirs), lastStep(undefined)]).toEqual([[], []]);
  });
  it.each<[string, unknown, string]>([
    ['severity', 'major', '重大隐患'], ['advice', ['move'], '搬走'], ['matter_code', 'HAZ-02', '消防通道'], ['mode', 'door', '上门'], ['ticks', ['gas_ok', 'fire_ok'], '用气安全、用火用电安全'],
    ['needs', ['repair'], '维修'], ['finding', 'moved_in', '新搬来'], ['photo_gap', 'dark', '太暗'], ['household_id', 'h1', '横港路1号'], ['outcome', 'oral', '口头协议'],
    ['unsuited', ['court'], '法院、公安、检察院已受理'], ['place', { lng: 120.9, lat: 30.5, source: 'fix' }, '120.90000, 30.50000'], ['place', { source: 'none' }, '（空）'],
    ['photos', [{ sha256: 'aa' }, { sha256: 'bb' }], '2'], ['calls', [{ number: '119', at: 5 }], '119'], ['parties', [{ id: 'x', name: '钱甲', part: 'applicant' }], '钱甲 申请人'], ['fixed_on_spot', true, '是'], ['note', '', '（空）'],
  ])('is %s in words', (field, value, said) => {
    expect(sayValue(field, value, known)).toBe(said);
  });
});
