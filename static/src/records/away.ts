/** Days off duty: who is away on a day, and the acts of telling it and of coming back. */
import type { Id, Row, SaveResult, Store } from '../store/api';
import { trimmed } from './envelope';
import { HOLD_MS } from './save';
import type { Staff } from './shapes';

export const KINDS = ['rest', 'leave', 'sick', 'training', 'emergency'] as const;
export type AwayKind = (typeof KINDS)[number];
/** `from` counts, `to` does not. */
export interface Away { id: Id; from: string; to: string; stand_in_id?: Id; stand_in_name?: string }
/** One's own days; the kind is on this phone and the platform alone, colleagues never get it. */
export interface Absence extends Row, Omit<Away, 'id'> { kind: AwayKind; by_other?: boolean }

export const awayOn = <A extends Pick<Away, 'from' | 'to'>>(days: A[] | undefined, day: string): A | undefined => days?.find((one) => one.from <= day && day < one.to);
export const notOver = <A extends Pick<Away, 'from' | 'to'>>(days: A[] | undefined, day: string): A[] => (days ?? []).filter((one) => one.to > day && one.to > one.from).sort((a, b) => (a.from < b.from ? -1 : 1));
export const ownAbsences = async (store: Store): Promise<Absence[]> => (await store.list('absence')) as unknown as Absence[];

/** Who may stand in: colleagues of the same grids; for a post in the grid itself nobody who leads a micro-grid alone. */
export function standIns(staff: Staff[], absent: Id): Staff[] {
  const posts = staff.filter((one) => one.person_id === absent), inGrid = (one: Staff) => one.roles.some((role) => role !== 'micro_grid_leader');
  const fits = staff.filter((one) => one.person_id !== absent && posts.some((post) => post.grid_id === one.grid_id && (inGrid(one) || !inGrid(post))));
  return fits.filter((one, at) => fits.findIndex((other) => other.person_id === one.person_id) === at);
}

export interface Told { id: Id; person_id: Id; kind: AwayKind; from: string; to: string; stand_in: Staff | undefined }

export function tellAway(store: Store, told: Told, absent: Staff | undefined): Promise<SaveResult> {
  const { id, from, to, kind, person_id } = told;
  const days = trimmed({ id, from, to, stand_in_id: told.stand_in?.person_id, stand_in_name: told.stand_in?.name }) as unknown as Away;
  const row = absent ? { ...absent, away: [...(absent.away ?? []), days] } : { ...days, kind };
  return store.act({
    name: 'absences.save', payload: trimmed({ id, person_id, kind, from_day: from, to_day: to, stand_in_id: told.stand_in?.person_id }),
    shows: { kind: absent ? 'staff' : 'absence', row: row as unknown as Row }, hold_ms: HOLD_MS,
  });
}

/** Back on `day`; before the first day it is called off. */
export function comeBack(store: Store, away: Away | Absence, day: string, absent: Staff | undefined): Promise<SaveResult> {
  const to = day < away.from ? away.from : day, ended = { ...away, to };
  const row = absent ? { ...absent, away: (absent.away ?? []).map((one) => (one.id === away.id ? ended : one)) } : ended;
  return store.act({ name: 'absences.end', payload: { id: away.id, to_day: to }, shows: { kind: absent ? 'staff' : 'absence', row: row as unknown as Row }, hold_ms: HOLD_MS });
}
