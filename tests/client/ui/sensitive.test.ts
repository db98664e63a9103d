/** Each look at a class-S row is noted before anything of it is shown; what cannot be noted is not shown. */
import { beforeEach, expect, it, vi } from 'vitest';

const drawn = vi.hoisted(() => ({ states: [] as unknown[], at: 0, after: [] as (() => void)[], store: undefined as unknown }));
vi.mock('preact/hooks', () => ({
  useState: (first: unknown) => {
    const at = drawn.at++;
    if (!(at in drawn.states)) drawn.states[at] = first;
    return [drawn.states[at], (next: unknown) => { drawn.states[at] = next; }];
  },
  useEffect: (run: () => void) => drawn.after.push(run),
}));
vi.mock('../../../static/src/records/store_context', () => ({ useStore: () => drawn.store }));
import { useNotedLook } from '../../../static/src/records/sensitive';
import { Parties } from '../../../static/src/duties/mediations/parties';
import type { SaveResult } from '../../../static/src/store/api';
import { FakeStore, sessionOf } from './fake_store';

class Phone extends FakeStore {
  answer: 'saved' | 'no_room' | 'throws' = 'saved';
  override act(act: Parameters<FakeStore['act']>[0]): Promise<SaveResult> {
    if (this.answer === 'throws') return Promise.reject(new Error('closed'));
    return this.answer === 'saved' ? super.act(act) : Promise.resolve({ saved: false, reason: this.answer });
  }
}
let phone: Phone;
beforeEach(() => {
  Object.assign(drawn, { states: [], at: 0, after: [], store: (phone = new Phone(sessionOf([]))) });
});
/** One drawing and what comes after it, then what the next drawing says. */
async function look(sensitive: boolean, id: string | undefined = 'a') {
  const draw = () => { drawn.at = 0; return JSON.stringify(useNotedLook('record', id, sensitive) ?? 'shown'); };
  const first = draw();
  drawn.after.splice(0).forEach((run) => run());
  await new Promise((resolve) => setTimeout(resolve));
  return [first, draw()];
}

it('is shown when its note lies on the phone, not before', async () => {
  const [first, then] = await look(true);
  expect([first === '"shown"', then]).toEqual([false, '"shown"']);
  expect(phone.acts.map((act) => act.name)).toEqual(['looks.note']);
});
it('is shown at once, and nothing noted, when it is not sensitive', async () => {
  expect(await look(false)).toEqual(['"shown"', '"shown"']);
  expect(phone.acts).toHaveLength(0);
});
it.each(['no_room', 'throws'] as const)('is not shown when the note cannot be kept (%s), and that is said', async (answer) => {
  phone.answer = answer;
  const [, then] = await look(true);
  expect(then).toContain('没有存进手机');
});
it.each(['no_room', 'throws', 'saved'] as const)('the parties of a mediation stay masked until the asking is noted (%s)', async (answer) => {
  phone.answer = answer;
  const record = { id: 'a', version: 2, body: { parties: [{ id: 'p', name: '王小明', phone: '13800000000', part: 'applicant' }] } } as never;
  const draw = () => { drawn.at = 0; return JSON.stringify(Parties({ record })); };
  let show: (() => unknown) | undefined;
  JSON.stringify(Parties({ record }), (key, value: unknown) => {
    if (key === 'onTap') show ??= value as () => unknown;
    return typeof value === 'function' && key !== 'onTap' ? undefined : value;
  });
  expect(show!()).toBeUndefined(); // no act: a decision may follow at once
  await new Promise((resolve) => setTimeout(resolve));
  expect(draw().includes('13800000000')).toBe(answer === 'saved');
});
