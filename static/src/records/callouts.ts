/** A call-out on this phone: what is open, where each stands, what a leader still has to look after. Pure but for `tell`. */
import type { Id, Row, SaveResult, ShownRow, Store } from '../store/api';
import { trimmed } from './envelope';
import { newId } from './ids';
import { markRead, unreadMessages } from './messages';
import type { Staff } from './shapes';

export type Told = 'received' | 'safe' | 'need_help';
export interface Callout extends Row { state: 'open' | 'ended'; area_name: string; by_unit: string; reason: string; opened_at: number; ends_at: number }
export interface Answer extends ShownRow { callout_id: Id; person_id: Id; kind: Told; at: number }
export interface Position extends Row { callout_id: Id; person_id: Id; at: number; lng: number; lat: number; accuracy_m?: number }

/** Open ones, the newest first; one whose time is over by the server's clock is over, though its word has not come. */
export async function openCallouts(store: Store, now: number = Date.now() + store.clock_skew_ms): Promise<Callout[]> {
  const rows = (await store.list('callout', { state: 'open' })) as unknown as Callout[];
  return rows.filter((one) => one.ends_at > now).sort((a, b) => b.opened_at - a.opened_at);
}
export const answersTo = async (store: Store, callout: Id): Promise<Answer[]> => ((await store.list('callout_answer')) as unknown as Answer[]).filter((one) => one.callout_id === callout && one.delivery !== 'refused');

/** Where a person stands: the newest of safe and need-help, else received (as `standing` in server/callouts/rules.py). */
export function standing<A extends { kind: Told; at: number }>(told: A[]): A | undefined {
  const newest = (some: A[]) => some.reduce<A | undefined>((best, one) => (best && best.at > one.at ? best : one), undefined);
  return newest(told.filter((one) => one.kind !== 'received')) ?? newest(told);
}

/** When the newest of those who need help now said so; 0: nobody does. Of oneself is no word: one knows. */
export function helpAsked(told: Answer[], me: Id): number {
  const people = new Set(told.map((one) => one.person_id).filter((id) => id !== me));
  const stands = [...people].map((id) => standing(told.filter((one) => one.person_id === id)));
  return Math.max(0, ...stands.map((one) => (one?.kind === 'need_help' ? one.at : 0)));
}
/** The open call-out in which somebody asked for help last and has not said since that all is well. */
export async function callForHelp(store: Store): Promise<Callout | undefined> {
  let found: Callout | undefined, newest = 0;
  for (const callout of await openCallouts(store)) {
    const at = helpAsked(await answersTo(store, callout.id), store.session.person.id);
    if (at > newest) { found = callout; newest = at; }
  }
  return found;
}

/** A message that somebody needs help was looked at: once that word is here too, and not before. */
export async function sawHelp(store: Store, message_id: Id): Promise<void> {
  const message = (await unreadMessages(store)).find((one) => one.id === message_id);
  if (message && (await callForHelp(store))) await markRead(store, message);
}

export interface Board { called: number; safe: number; received: number; need_help: Staff[]; waiting: Staff[] }
/** The people of these grids but oneself, by what they answered; names in the order of their characters, never by time. */
export function boardOf(staff: Staff[], answers: Answer[], led: Id[], me: Id): Board {
  const people = new Map(staff.filter((one) => led.includes(one.grid_id) && one.person_id !== me).map((one) => [one.person_id, one]));
  const board: Board = { called: people.size, safe: 0, received: 0, need_help: [], waiting: [] };
  for (const person of [...people.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const kind = standing(answers.filter((one) => one.person_id === person.person_id))?.kind;
    if (!kind) board.waiting.push(person);
    else if (kind === 'need_help') board.need_help.push(person);
    else board[kind] += 1;
  }
  return board;
}

/** In the lane that goes before all else. `place` only where the person taps for it. */
export function tell(store: Store, callout_id: Id, kind: Told, place?: { lng: number; lat: number; accuracy_m: number }): Promise<SaveResult> {
  const id = newId(), at = Date.now();
  return store.act({
    name: 'callouts.answer', lane: 'urgent', payload: trimmed({ id, callout_id, kind, place }),
    shows: { kind: 'callout_answer', row: { id, callout_id, person_id: store.session.person.id, kind, at } },
  });
}

/** A fix takes its time: one that was found when the call-out was over is not sent. Undefined then. */
export async function tellPlace(store: Store, callout_id: Id, place: { lng: number; lat: number; accuracy_m: number }): Promise<SaveResult | undefined> {
  const open = await openCallouts(store);
  return open.some((one) => one.id === callout_id) ? tell(store, callout_id, 'received', place) : undefined;
}
