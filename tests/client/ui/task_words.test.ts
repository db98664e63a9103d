/** The words of a task and of a refusal: what the server would refuse for good is said at once and stays in the field. */
import { isValidElement, type VNode } from 'preact';
import { beforeEach, describe, expect, it, vi } from 'vitest';

const page = vi.hoisted(() => ({ states: [] as unknown[], at: 0, known: {} as object | undefined, store: {} as object, before: [] as (string | undefined)[] }));
vi.mock('preact/hooks', async (original) => ({
  ...(await original<object>()), useEffect: () => {}, useId: () => 'id', useRef: () => ({ current: undefined }),
  useState: (first: unknown) => {
    const at = page.at++;
    page.states[at] ??= typeof first === 'function' ? (first as () => unknown)() : first;
    return [page.states[at], (next: unknown) => { page.states[at] = next; }];
  },
}));
vi.mock('../../../static/src/records/store_context', () => ({ useStore: () => page.store, useLive: () => page.known }));
vi.mock('../../../static/src/records/save', async (original) => ({ ...(await original<object>()), tellHeld: () => {}, tellSaved: (result: { saved: boolean }, _words?: string, before?: string) => { page.before.push(before); return result.saved; } }));
import { MOST_WORDS, tooLong } from '../../../static/src/records/task_row';
import type { Task } from '../../../static/src/records/tasks';
import Dispatch from '../../../static/src/screens/leader/dispatch';
import { RefuseSheet } from '../../../static/src/screens/worker/task_sheets';
import type { Row } from '../../../static/src/store/api';
import { k } from '../../../static/src/text/tasks';
import { language } from '../../../static/src/text/text';
import { FakeStore, sessionOf } from './fake_store';

type Node = VNode<Record<string, unknown>>;
const nodes = (tree: unknown): Node[] => (Array.isArray(tree) ? tree.flatMap(nodes) : isValidElement(tree) ? [tree as Node, ...nodes((tree.props as { children?: unknown }).children)] : []);
const draw = <P>(Part: (props: P) => unknown, props: P) => { page.at = 0; return nodes(Part(props)); };
const prop = (tree: Node[], id: string, name: string) => tree.find((node) => node.props.testid === id || node.props['data-testid'] === id)!.props[name];
const LONG = '长'.repeat(MOST_WORDS + 1), LONGEST = '𠮷'.repeat(MOST_WORDS);

beforeEach(() => { page.states = []; language.value = 'zh'; });

it('so many signs as the server counts them, in both languages', () => {
  expect([tooLong(''), tooLong(LONGEST), tooLong(` ${LONGEST}\n`)]).toEqual([undefined, undefined, undefined]);
  expect(tooLong(LONG)).toBe('最多 500 个字。');
  language.value = 'en';
  expect(tooLong(LONG)).toBe('At most 500 characters.');
});

const leader = sessionOf([{ role: 'grid_leader', grid_id: 'g', org_unit_id: 'u', org_unit_name: '', from: '2026-01-01' }], '方', 'leader');
const fill = (words: string, who: string[]) => {
  const store = page.store = new FakeStore(leader, {});
  page.known = { grids: [{ id: 'g', name: '网格' }], staff: who.map((one) => ({ person_id: one, grid_id: 'g', name: one })), matters: [{ code: 'HAZ-01' }], tasks: [], byCode: new Map() };
  const matter = draw(Dispatch, {}).find((node) => node.props.matters)!;
  (matter.props.onPick as (one: object) => void)({ code: 'HAZ-01' });
  (prop(draw(Dispatch, {}), 'dispatch-words', 'onText') as (words: string) => void)(words);
  (draw(Dispatch, {}).find((node) => node.props.people)!.props.onPick as (who: string[]) => void)(who);
  return store;
};
const send = () => (prop(draw(Dispatch, {}), 'dispatch-send', 'onTap') as () => Promise<void>)();

describe('the words of a task', () => {
  const told = async (words: string) => {
    const store = fill(words, ['w']);
    const fault = prop(draw(Dispatch, {}), 'dispatch-words', 'error');
    await send();
    return { fault, acts: store.acts, left: prop(draw(Dispatch, {}), 'dispatch-words', 'value') };
  };
  it('too long, are not sent and stay in the form', async () => {
    expect(await told(LONG)).toEqual({ fault: k('too_long', { n: 500 }), acts: [], left: LONG });
  });
  it('of the greatest length go out', async () => {
    const { fault, acts, left } = await told(LONGEST);
    expect([fault, left]).toEqual([undefined, '']);
    expect(acts).toMatchObject([{ name: 'tasks.assign', payload: { words: LONGEST } }]);
  });
});

describe('a task for several people', () => {
  const people = (store: FakeStore) => store.acts.map((one) => (one.payload as { person_id: string }).person_id);
  it.each(['is not saved', 'breaks off'])('reaches each once, also when the second save %s and the leader taps again', async (how) => {
    page.before = [];
    const store = fill('看电线', ['a', 'b', 'c']), act = store.act.bind(store);
    let calls = 0;
    store.act = async (one) => {
      calls += 1;
      if (calls !== 2) return act(one);
      if (how === 'breaks off') throw new Error('seal');
      return { saved: false, reason: 'no_room' };
    };
    await send().catch(() => {});
    expect([people(store), prop(draw(Dispatch, {}), 'dispatch-words', 'value')]).toEqual([['a'], '看电线']);
    expect(page.before).toEqual(how === 'breaks off' ? [] : [k('sent.some', { n: 1, left: 2 })]);
    await send();
    expect(people(store)).toEqual(['a', 'b', 'c']);
  });
  it('is an act: the button counts no second tap until all is saved', () => {
    fill('看电线', ['a', 'b']);
    expect(send()).toBeInstanceOf(Promise);
  });
});

describe('the words of a refusal', () => {
  const worker = sessionOf([{ role: 'full_time_worker', grid_id: 'g', org_unit_id: 'u', org_unit_name: '', from: '2026-01-01' }], '沈', 'worker');
  const refused = { id: 't', state: 'refused', refusal: { id: 'f', ground: 2, at: 1 }, steps: [] } as unknown as Task;
  const told = async (words: string, fails = false) => {
    const store = new FakeStore(worker, { task: [refused as Row] });
    page.store = fails ? Object.assign(store, { act: async () => ({ saved: false, reason: 'no_room' }) }) : store;
    page.states[0] = 2; // the ground is tapped
    let closed = 0;
    const sheet = () => draw(RefuseSheet, { task: refused, id: 'f', onClose: () => { closed += 1; } });
    (prop(sheet(), 'refuse-words', 'onText') as (words: string) => void)(words);
    const fault = prop(sheet(), 'refuse-words', 'error');
    (prop(sheet(), 'refuse-sheet', 'onClose') as () => void)();
    await new Promise((done) => { setTimeout(done, 0); });
    return { fault, closed, acts: store.acts, left: prop(sheet(), 'refuse-words', 'value') };
  };
  it('on two grounds at once are one refusal', async () => {
    const store = page.store = new FakeStore(worker, { task: [{ ...refused, state: 'accepted', refusal: undefined } as unknown as Row] });
    const sheet = draw(RefuseSheet, { task: { ...refused, state: 'accepted', refusal: undefined } as unknown as Task, id: 'f', onClose: () => {} });
    for (const ground of [1, 2]) (prop(sheet, `refuse-ground-${ground}`, 'onTap') as () => unknown)();
    await new Promise((done) => { setTimeout(done, 0); });
    expect(store.acts).toHaveLength(1);
  });
  it('too long, keep the sheet open however it is closed', async () => {
    expect(await told(LONG)).toEqual({ fault: k('too_long', { n: 500 }), closed: 0, acts: [], left: LONG });
  });
  it('of the greatest length are saved; none close the sheet alone', async () => {
    const { closed, acts } = await told(LONGEST);
    expect(closed).toBe(1);
    expect(acts).toMatchObject([{ name: 'refusals.say', payload: { id: 'f', words: LONGEST } }]);
    page.states = [];
    expect(await told(' ')).toMatchObject({ closed: 1, acts: [] });
  });
  it('that found no room on the phone stay in the sheet', async () => {
    expect(await told('不归我管', true)).toMatchObject({ closed: 0, left: '不归我管' });
  });
});
