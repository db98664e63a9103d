/** The row that lists show for an own record until the server's own row arrives. Pure. */
import type { Act, Id, Photo, SaveResult, SessionInfo, Store } from '../store/api';
import { dayOf } from '../text/days';
import type { Matter, PhotoGap, RecordKind, RecordRow } from './shapes';

export interface NewRecord {
  id: Id; kind: RecordKind; grid_id: Id; acted_at: number; body: object; photos: Photo[]; matter?: Matter | undefined; micro_grid_id?: Id | undefined;
  patrol_id?: Id | undefined; photo_gap?: PhotoGap | undefined; obstructed?: boolean | undefined; state?: 'open' | 'closed'; reviewed?: boolean;
}

export function ownRow(session: SessionInfo, record: NewRecord): Omit<RecordRow, 'delivery' | 'photos_waiting'> {
  const { matter, reviewed, ...rest } = record;
  const waits = reviewed ?? matter?.review?.mode === 'all';
  return {
    ...rest, body: record.body as Record<string, unknown>, state: record.state ?? 'open',
    ...(matter ? { matter_code: matter.code } : {}),
    author_id: session.person.id, author_name: session.person.name, day: dayOf(record.acted_at),
    review: { status: waits ? 'waiting' : 'none', hints: [] },
    history: [{ at: record.acted_at, by_name: session.person.name, step: 'saved' }],
  };
}

/** For whom a record is entered, and on which day the work was done. */
export interface Behalf { person_id: Id; day: string; name?: string }

/** The same act told for a colleague: the work is theirs as soon as they say so. */
export function entered(session: SessionInfo, on_behalf: Behalf | undefined, act: Act): Act {
  if (!on_behalf || !act.shows) return act;
  const { person_id, day, name } = on_behalf;
  const row = { ...act.shows.row, author_id: person_id, author_name: name ?? '', day, entered_by_other: true, entered_by_id: session.person.id, confirmation: 'waiting' };
  return { ...act, payload: { ...act.payload, on_behalf: { person_id, day } }, shows: { ...act.shows, row } };
}

/** Drops what is empty: absent and null mean the same on the wire, and a short payload is a fast one. */
export function trimmed(payload: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined && value !== null && value !== ''));
}

/** Fields of `now` that differ from `before`, for `records.correct`. */
export function changedFields({ before, said = [] }: Omit<Correcting, 'base_version'>, now: Record<string, unknown>): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const field of new Set([...said, ...Object.keys(before), ...Object.keys(now)])) {
    if (said.includes(field) || JSON.stringify(before[field] ?? null) !== JSON.stringify(now[field] ?? null)) changes[field] = now[field] ?? null;
  }
  return changes;
}

/** Words that were taken out are empty, not nothing; missing photo and obstruction stay as they were told, and a matter is named or stays (docs/wire.md §6). */
export function asCorrection(changes: Record<string, unknown>): Record<string, unknown> | undefined {
  const { photo_gap: _gap, obstructed: _obstructed, ...rest } = changes;
  if (!rest.matter_code) delete rest.matter_code;
  for (const words of ['note', 'place_words']) if (rest[words] === null) rest[words] = '';
  return Object.keys(rest).length ? rest : undefined;
}

/** The matters that a record may be given in correction: none that would move it in or out of a team. */
export function mattersFor(matters: Matter[], correcting: Correcting | undefined): Matter[] {
  const told = correcting && matters.find((one) => one.code === correcting.before.matter_code);
  return told ? matters.filter((one) => (one.data_class === 'S') === (told.data_class === 'S')) : matters;
}

/** Set while a record that already arrived is being corrected: what it said, which version was seen, and what a correction that was not taken had changed. */
export interface Correcting { base_version: number; before: Record<string, unknown>; said?: string[] }

/** A new act, or the same again in place of one that was refused. */
export const perform = (store: Store, replaces: Id | undefined, act: Act): Promise<SaveResult> => (replaces ? store.replace(replaces, act) : store.act(act));
