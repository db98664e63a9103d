/** What a leader must not overlook stands above the approvals; all else that is unread is counted, and listed at a tap. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { open, type Message } from '../../../static/src/records/messages';
import { whatRings } from '../../../static/src/screens/leader/alarms';
import type { Row } from '../../../static/src/store/api';
import { FakeStore, sessionOf } from './fake_store';

const message = (kind: string, more: Partial<Message> = {}): Message => ({ id: kind, version: 1, kind, at: Date.now(), text_zh: kind, text_en: kind, ...more });
const store = (messages: Message[], record: Row[] = []) => new FakeStore(sessionOf([], '周', 'leader'), { message: messages as unknown as Row[], record });

describe('what rings for a leader', () => {
  it('is an emergency on its card, a call for help, whom to ring up, a result to verify; the rest is listed at a tap', async () => {
    const rung = await whatRings(store([
      message('emergency_reported', { record_id: 'e' }), message('callout_help'), message('to_call'), message('case_to_verify', { record_id: 'h' }),
      message('hazard_reported', { record_id: 'h' }), message('record_commented', { record_id: 'h' }),
    ], [{ id: 'e', kind: 'emergency' } as unknown as Row]));
    expect(rung.emergencies.map((one) => one.record.id)).toEqual(['e']);
    expect(rung.lines.map((one) => one.kind).sort()).toEqual(['callout_help', 'case_to_verify', 'to_call']);
    expect(rung.others.map((one) => one.kind)).toEqual(['hazard_reported', 'record_commented']);
  });
  it('is whatever else is urgent too, and an emergency whose record is not here', async () => {
    const rung = await whatRings(store([message('task_assigned', { task_id: 't', urgent: true }), message('emergency_reported', { record_id: 'e' })]));
    expect([rung.emergencies, rung.lines.map((one) => one.kind).sort(), rung.others]).toEqual([[], ['emergency_reported', 'task_assigned'], []]);
  });
  it('is nothing once it was seen', async () => {
    expect(await whatRings(store([message('callout_help', { read: true }), message('record_commented', { read: true })]))).toEqual({ emergencies: [], lines: [], others: [] });
  });
});

describe('a tap on a message', () => {
  const place = { hash: '' };
  beforeEach(() => { place.hash = ''; vi.stubGlobal('location', place); });
  it.each<[string, Partial<Message>, string]>([
    ['to_call', {}, '/team'], ['case_to_verify', { record_id: 'r' }, '/record/r'], ['task_assigned', { task_id: 't' }, '/task/t'], ['order_ruled', {}, ''],
  ])('%s %j marks it read and leads to %s', async (kind, more, hash) => {
    const phone = store([], [{ id: 'r', kind: 'hazard' } as unknown as Row]);
    await open(phone, message(kind, more));
    expect(phone.acts.map((act) => [act.name, act.payload])).toEqual([['messages.read', { id: kind }]]);
    expect(place.hash).toBe(hash);
  });
  it('leaves it unread while its record is not on the phone, and an emergency stays above all else', async () => {
    const rings = message('emergency_reported', { record_id: 'e' }), phone = store([rings]);
    await open(phone, rings);
    expect([phone.acts, place.hash]).toEqual([[], '/record/e']);
    expect((await whatRings(phone)).lines.map((one) => one.id)).toEqual(['emergency_reported']);
    phone.tables.record!.push({ id: 'e', kind: 'emergency' } as unknown as Row);
    expect((await whatRings(phone)).emergencies).toHaveLength(1);
    await open(phone, rings);
    expect(phone.acts).toMatchObject([{ name: 'messages.read', payload: { id: 'emergency_reported' } }]);
  });
  it.each(['emergency_reported', 'callout_help'])('%s that nothing came for within a day is tapped away', async (kind) => {
    const phone = store([]);
    await open(phone, message(kind, { record_id: 'never', at: Date.now() - 86_500_000 }));
    expect(phone.acts).toMatchObject([{ name: 'messages.read', payload: { id: kind } }]);
  });
  it('that somebody needs help leads to the sheet, and says nothing of having been read', async () => {
    const phone = store([]);
    await open(phone, message('callout_help'));
    expect([phone.acts, place.hash]).toEqual([[], '?callout=callout_help']);
  });
});
