/** Tasks: what was asked of whom, and the acts of both sides. Refusing under Art. 12 is a fact; the office rules on it. */
import type { Act, Id, Row, SaveResult, Store } from '../store/api';
import { newId } from './ids';
import { HOLD_MS } from './save';
import type { RecordRow } from './shapes';
import { waitsFor } from './waits_for';

export const HAND_BACK = ['leave', 'unsafe', 'not_my_grid', 'duplicate'] as const;
export type HandBack = (typeof HAND_BACK)[number];
export const GROUNDS = [1, 2, 3] as const;
export type Ground = (typeof GROUNDS)[number];
export type TaskState = 'open' | 'accepted' | 'done' | 'handed_back' | 'refused' | 'withdrawn';
export interface Refusal { id: Id; ground: Ground; at: number; rule_by?: string; ruling?: 'upheld' | 'not_upheld' | 'stood'; ruled_at?: number; ruling_words?: string }
export interface TaskStep { step: string; at: number; by_name?: string; reason?: string; words?: string }
export interface Task extends Row {
  grid_id: Id; person_id: Id; person_name: string; assigned_by: Id; assigned_by_name: string; assigned_at: number;
  matter_code: string; words: string; due_day: string; asked_day?: string | null; state: TaskState; done_record_id?: Id; refusal?: Refusal | null; steps: TaskStep[];
}

export const isWaiting = (task: Task): boolean => task.state === 'open' || task.state === 'accepted';
const soonest = (a: Task, b: Task): number => (a.due_day < b.due_day ? -1 : a.due_day > b.due_day ? 1 : a.assigned_at - b.assigned_at);
export const allTasks = async (store: Store): Promise<Task[]> => ((await store.list('task')) as unknown as Task[]).sort(soonest);
export const taskById = async (store: Store, id: Id): Promise<Task | undefined> => (await store.get('task', id)) as unknown as Task | undefined;
export const ownTasks = (tasks: Task[], me: Id): Task[] => tasks.filter((task) => task.person_id === me);

/** Own records that may prove a task: of its grid, made since it was assigned, those of its matter first. */
export function proofs(task: Task, records: RecordRow[]): RecordRow[] {
  const fits = records.filter((record) => record.author_id === task.person_id && record.grid_id === task.grid_id && record.acted_at >= task.assigned_at && record.delivery !== 'refused');
  const first = (record: RecordRow) => (record.matter_code === task.matter_code ? 0 : 1);
  return fits.sort((a, b) => first(a) - first(b) || b.acted_at - a.acted_at);
}

const shown = (row: Task) => ({ kind: 'task', row: row as Row });
const told = (store: Store, task: Task, step: string, more: Partial<Task>, reason?: string): Task =>
  ({ ...task, ...more, steps: [...task.steps, { step, at: Date.now(), by_name: store.session.person.name, ...(reason ? { reason } : {}) }] });
function fact(store: Store, task: Task, name: string, payload: object, row: Task, hold_ms = HOLD_MS, waits?: Pick<Act, 'depends_on'>): Promise<SaveResult> {
  return store.act({ name: `tasks.${name}`, payload: { ...payload, task_id: task.id }, shows: shown(row), hold_ms, ...waits });
}

interface Asked { id: Id; grid_id: Id; person: { id: Id; name: string }; matter_code: string; words: string; due_day: string }
function assign(store: Store, asked: Asked): Promise<SaveResult> {
  const { person } = store.session;
  const { id, grid_id, matter_code, words, due_day } = asked;
  const row: Task = { id, version: 0, grid_id, person_id: asked.person.id, person_name: asked.person.name, assigned_by: person.id, assigned_by_name: person.name, assigned_at: Date.now(), matter_code, words, due_day, state: 'open', steps: [] };
  return store.act({ name: 'tasks.assign', payload: { id, grid_id, person_id: asked.person.id, matter_code, words, due_day }, shows: shown(row), hold_ms: HOLD_MS });
}

/** One task for each, until a save fails. `left` hears after each who has none yet: whoever has one is not asked again. */
export async function assignEach(store: Store, people: Asked['person'][], asked: Omit<Asked, 'id' | 'person'>, left: (people: Id[]) => void): Promise<SaveResult | undefined> {
  let last: SaveResult | undefined;
  for (const [at, person] of people.entries()) {
    last = await assign(store, { ...asked, id: newId(), person });
    if (!last.saved) break;
    left(people.slice(at + 1).map((one) => one.id));
  }
  return last;
}

export const accept = (store: Store, task: Task) => fact(store, task, 'accept', {}, told(store, task, 'accepted', { state: 'accepted' }), 0);
export const handBack = (store: Store, task: Task, reason: HandBack) => fact(store, task, 'hand_back', { reason }, told(store, task, 'handed_back', { state: 'handed_back' }, reason));
export const askTime = (store: Store, task: Task, day: string) => fact(store, task, 'ask_time', { due_day: day }, told(store, task, 'time_asked', { asked_day: day }));
export function refuse(store: Store, task: Task, id: Id, ground: Ground): Promise<SaveResult> {
  const refusal: Refusal = { id, ground, at: Date.now() };
  return fact(store, task, 'refuse', { id, ground }, told(store, task, 'refused', { state: 'refused', refusal }, String(ground)));
}
/** The record goes first: until it is there, the task waits for its report, never for a correction of it. */
export async function finish(store: Store, task: Task, record: RecordRow): Promise<SaveResult> {
  const waits = record.version === undefined ? await waitsFor(store, '.report', record.id) : undefined;
  return fact(store, task, 'finish', { record_id: record.id }, told(store, task, 'done', { state: 'done', done_record_id: record.id }), HOLD_MS, waits);
}

/** Words to one's own refusal reach the competent department alone; the row stays as it is. */
export const sayWhy = (store: Store, task: Task, refusal: Id, words: string): Promise<SaveResult> => store.act({ name: 'refusals.say', payload: { id: refusal, words }, shows: shown(task), hold_ms: HOLD_MS });
export function takeBack(store: Store, task: Task, refusal: Id): Promise<SaveResult> {
  const row = told(store, task, 'taken_back', { state: 'open', refusal: null }); // said, not left out: it lies over the refusal, which may not be sent yet
  return store.act({ name: 'refusals.take_back', payload: { id: refusal }, shows: shown(row), hold_ms: HOLD_MS });
}

/** What the assigner's side decides names the version seen. */
function decide(store: Store, task: Task, name: string, payload: object, row: Task): Promise<SaveResult> {
  return store.act({ name: `tasks.${name}`, payload: { ...payload, task_id: task.id }, base_version: task.version ?? 0, shows: shown(row), hold_ms: HOLD_MS });
}
export const withdraw = (store: Store, task: Task) => decide(store, task, 'withdraw', {}, told(store, task, 'withdrawn', { state: 'withdrawn' }));
export function setDue(store: Store, task: Task, day: string): Promise<SaveResult> {
  const row = told(store, task, 'due_set', { due_day: day, asked_day: null, state: task.state === 'handed_back' ? 'open' : task.state });
  return decide(store, task, 'set_due', { due_day: day }, row);
}
