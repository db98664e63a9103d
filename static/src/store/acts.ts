/**
 * An act of the person becomes a mutation: sealed first, then written with the row it shows in one strict transaction
 * that also gives the seq. A held act (undo) gets its seq only when it is promoted, so an undo leaves no hole.
 */
import type { Act, Id, Lane, SaveResult } from './api';
import { unlessSpoilt, utf8 } from './codec';
import type { Box } from './codec';
import { DatabaseLost, NoRoom } from './db';
import type { Tx } from './db';
import { uuid7 } from './ids';
import { actPlace, headOf, ownPlace } from './outbox';
import type { Head, Outbox } from './outbox';
import type { HoldRow, OutboxMeta, OutboxRow, OwnRow, Tables } from './schema';

export const MAX_PAYLOAD = 128 * 1024;

/** What is sealed of a mutation; `payload` is the JSON text that is sent, hashed and stored byte for byte. */
export interface Sent {
  name: string;
  version: number;
  payload: string;
  scope_version: number;
  base_version?: number;
  depends_on?: Id[];
  made_at: number;
  clock_skew_ms: number;
}
export interface Moment {
  scope_version: number;
  clock_skew_ms: number;
}
interface Ready {
  id: Id;
  row: Omit<OutboxRow, 'seq' | 'device'>;
  own?: OwnRow;
  act: Pick<Act, 'shows' | 'hold_ms' | 'draft_id'>;
}

export const ACT_TABLES = ['meta', 'outbox', 'holds', 'own', 'drafts'] as const;
type ActTable = (typeof ACT_TABLES)[number];
const TABLES: ActTable[] = [...ACT_TABLES];

/** Everything that takes time, before any transaction opens. */
async function prepare(outbox: Outbox, act: Act, moment: Moment & { made_at?: number }): Promise<Ready | 'too_long'> {
  const { env, codec } = outbox.room;
  const id = uuid7(env);
  const made_at = env.now();
  const payload = JSON.stringify(act.payload);
  if (utf8(payload).length > MAX_PAYLOAD) return 'too_long';
  const sent: Sent = { name: act.name, version: act.version ?? 1, payload, made_at, ...moment };
  if (act.base_version !== undefined) sent.base_version = act.base_version;
  if (act.depends_on?.length) sent.depends_on = act.depends_on;
  const shows = act.shows;
  const [box, ownBox] = await Promise.all([
    codec.seal(actPlace(id), sent),
    shows ? codec.seal(ownPlace(id), shows.row) : undefined,
  ]);
  const row: Ready['row'] = { id, lane: act.lane ?? 'normal', state: 'queued', made_at, attempts: 0, photos: act.photos ?? [], box };
  if (shows) Object.assign(row, { kind: shows.kind, object: shows.row.id });
  const ready: Ready = { id, row, act };
  if (shows && ownBox) ready.own = { id, kind: shows.kind, object: shows.row.id, made_at, box: ownBox };
  return ready;
}

/** Inside a transaction: the counters as they are; `DatabaseLost` when the outbox is shut. Notes when another tab has written what we have not read. */
export async function metaOf(tx: Tx<Tables>, outbox: Outbox): Promise<OutboxMeta> {
  const meta = (await tx.get('meta', 'outbox')) as OutboxMeta | undefined;
  if (meta?.shut) throw new DatabaseLost('shut');
  if (meta && meta.rev !== outbox.meta.rev) outbox.is_stale = true;
  return { ...(meta ?? outbox.meta) };
}
export function bump(tx: Tx<Tables>, meta: OutboxMeta): void {
  meta.rev += 1;
  tx.put('meta', meta as Tables['meta']);
}

/** Gives the next seq of its lane; the only place that does. */
function enqueue(tx: Tx<Tables>, meta: OutboxMeta, row: Ready['row']): OutboxRow {
  const lane: Lane = row.lane;
  meta[lane] += 1;
  const queued: OutboxRow = { ...row, seq: meta[lane], device: meta.device };
  tx.put('outbox', queued);
  return queued;
}

/** Writes one prepared act; does nothing when it is there already (the write is repeated after a killed connection). */
async function place(tx: Tx<Tables>, meta: OutboxMeta, ready: Ready, made: Placed, is_repeat: boolean): Promise<void> {
  const there = is_repeat && ((await tx.get('outbox', ready.id)) ?? (await tx.get('holds', ready.id)));
  if (there) {
    if ('seq' in there) made.rows.push(there);
    else made.holds.push(there);
    return;
  }
  if (ready.own) tx.put('own', ready.own);
  const { hold_ms, draft_id } = ready.act;
  if (hold_ms) {
    const { state: _state, attempts: _attempts, ...rest } = ready.row;
    const hold: HoldRow = { ...rest, until: ready.row.made_at + hold_ms };
    if (draft_id) hold.draft_id = draft_id;
    tx.put('holds', hold);
    made.holds.push(hold);
    return;
  }
  if (draft_id) tx.delete('drafts', draft_id);
  made.rows.push(enqueue(tx, meta, ready.row));
}
interface Placed {
  meta: OutboxMeta;
  rows: OutboxRow[];
  holds: HoldRow[];
}

/** After the commit: what the memory must know. */
function remember(outbox: Outbox, placed: Placed, ready: Ready[]): void {
  outbox.meta = placed.meta;
  for (const row of placed.rows) outbox.heads.set(row.id, headOf(row));
  for (const { box: _box, ...hold } of placed.holds) outbox.holds.set(hold.id, hold);
  for (const { own, act, id } of ready) {
    if (own && act.shows) outbox.own.set(id, { id, kind: own.kind, object: own.object, made_at: own.made_at, row: act.shows.row });
  }
  outbox.touched();
}

function notSaved(error: unknown): SaveResult {
  if (error instanceof NoRoom) return { saved: false, reason: 'no_room' };
  if (error instanceof DatabaseLost) return { saved: false, reason: 'database_lost' };
  throw error;
}

async function commit(outbox: Outbox, ready: Ready[], also?: (tx: Tx<Tables>) => Promise<Head[]>): Promise<SaveResult> {
  let changed: Head[] = [];
  try {
    const placed = await outbox.room.db.write(TABLES, async (tx, is_repeat) => {
      const made: Placed = { meta: await metaOf(tx, outbox), rows: [], holds: [] };
      for (const one of ready) await place(tx, made.meta, one, made, is_repeat);
      changed = also ? await also(tx) : [];
      bump(tx, made.meta);
      return made;
    });
    for (const head of changed) {
      outbox.heads.set(head.id, head);
      if (head.closed) outbox.own.delete(head.id);
    }
    remember(outbox, placed, ready);
  } catch (error) {
    return notSaved(error);
  }
  return { saved: true, mutation_id: ready[0]?.id ?? '', in_memory_only: outbox.room.db.in_memory };
}

export async function saveAct(outbox: Outbox, act: Act, moment: Moment): Promise<SaveResult> {
  const ready = await prepare(outbox, act, moment);
  return ready === 'too_long' ? { saved: false, reason: 'too_long' } : commit(outbox, [ready]);
}

/** true when the act was taken back before it became sendable; its draft is still there. */
export async function undoAct(outbox: Outbox, id: Id): Promise<boolean> {
  const undone = await outbox.room.db.write(TABLES, async (tx, is_repeat) => {
    // taken back by the run before, whose connection was killed behind its commit, unless it has gone to the outbox
    const is_back = is_repeat && !(await tx.get('outbox', id));
    if (!is_back && !(await tx.get('holds', id))) return undefined;
    const meta = await metaOf(tx, outbox);
    tx.delete('holds', id);
    tx.delete('own', id);
    bump(tx, meta);
    return meta;
  });
  if (!undone) return false;
  outbox.meta = undone;
  outbox.holds.delete(id);
  outbox.own.delete(id);
  outbox.touched();
  return true;
}

/** Makes every hold whose time is over sendable, in the order of its making. Answers the ids. */
export async function promoteHolds(outbox: Outbox): Promise<Id[]> {
  const now = outbox.room.env.now();
  // a clock set back must not hold an act for ever: a hold is never longer than the seconds it was made with
  const due = [...outbox.holds.values()].filter((hold) => hold.until <= now || hold.made_at > now + 60_000);
  if (!due.length) return [];
  due.sort((a, b) => a.made_at - b.made_at || (a.id < b.id ? -1 : 1));
  const placed = await outbox.room.db.write(TABLES, async (tx) => {
    const made: Placed = { meta: await metaOf(tx, outbox), rows: [], holds: [] };
    for (const { id } of due) {
      const hold = await tx.get('holds', id);
      if (!hold) {
        const there = await tx.get('outbox', id);
        if (there) made.rows.push(there);
        continue;
      }
      const { until: _until, draft_id, ...row } = hold;
      tx.delete('holds', id);
      if (draft_id) tx.delete('drafts', draft_id);
      made.rows.push(enqueue(tx, made.meta, { ...row, state: 'queued', attempts: 0 }));
    }
    bump(tx, made.meta);
    return made;
  });
  for (const { id } of due) outbox.holds.delete(id);
  remember(outbox, placed, []);
  return placed.rows.map((row) => row.id);
}

/** Somebody else was here first: nothing is written. */
export class Overtaken extends Error {}

/**
 * The act done again with other words, once: closes the old line and queues the new one; acts that waited for the old one
 * (`deferred`) are queued again under new ids in the same transaction, those waiting for them too. What leans on the old
 * one and has no outcome yet follows when it comes back deferred, see requeue.ts.
 */
export async function replaceAct(outbox: Outbox, old: Id, act: Act, moment: Moment): Promise<SaveResult> {
  const first = await prepare(outbox, act, moment);
  if (first === 'too_long') return { saved: false, reason: 'too_long' };
  try {
    const open = await outbox.room.db.read(['outbox'], (tx) => openOf(tx, old));
    const saved = await doAgain(outbox, new Map([[open ?? old, first.id]]), [first], async (tx) => {
      const next = (await tx.get('outbox', open ?? old))?.replaced_by;
      if (!open || (next && next !== first.id)) throw new Overtaken(old);
    });
    return saved!;
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error;
    await outbox.load();
    return { saved: false, reason: 'said_again' };
  }
}

/** The act itself, or what it was queued again as when that has come back too; undefined: what it was queued again as is on its way. */
async function openOf(tx: Pick<Tx<Tables>, 'get'>, old: Id): Promise<Id | undefined> {
  let id = old;
  for (let next: Id | undefined; (next = (await tx.get('outbox', id))?.replaced_by); ) id = next;
  const row = id === old ? undefined : await tx.get('outbox', id);
  return id === old || ((row?.state === 'refused' || row?.state === 'deferred') && !row.closed && !row.held) ? id : undefined;
}

/** Queues `ready`, closes what it takes the place of (`renamed`: old id to new), and takes along the deferred that lean on that. */
export async function doAgain(outbox: Outbox, renamed: Map<Id, Id>, ready: Ready[], check?: (tx: Tx<Tables>) => Promise<void>): Promise<SaveResult | undefined> {
  for (const { head, sent } of await deferredActs(outbox)) {
    if (!sent.depends_on?.some((parent) => renamed.has(parent))) continue;
    const again: Act = {
      name: sent.name,
      version: sent.version,
      payload: JSON.parse(sent.payload) as Record<string, unknown>,
      lane: head.lane,
      photos: head.photos,
      depends_on: sent.depends_on.map((parent) => renamed.get(parent) ?? parent),
    };
    if (sent.base_version !== undefined) again.base_version = sent.base_version;
    const own = outbox.own.get(head.id);
    if (own) again.shows = { kind: own.kind, row: own.row };
    const { scope_version, clock_skew_ms, made_at } = sent; // it was done then: that is when and whether it was allowed
    const next = await prepare(outbox, again, { scope_version, clock_skew_ms, made_at });
    if (next === 'too_long') continue;
    renamed.set(head.id, next.id);
    ready.push(next);
  }
  if (!ready.length) return undefined;
  return commit(outbox, ready, async (tx) => {
    await check?.(tx);
    return closeRows(tx, outbox, renamed);
  });
}

async function deferredActs(outbox: Outbox): Promise<{ head: Head; sent: Sent }[]> {
  const heads = [...outbox.heads.values()].filter((head) => head.state === 'deferred' && !head.closed && !head.held);
  heads.sort((a, b) => a.made_at - b.made_at || a.seq - b.seq);
  const boxes = await bodies(outbox, heads);
  return heads.flatMap((head, at) => (boxes[at] ? { head, sent: boxes[at] } : []));
}

/** The sealed contents of these mutations, in the same order; undefined: spoilt on the disk, it keeps nobody from the others. */
export async function bodies(outbox: Outbox, heads: { id: Id }[]): Promise<(Sent | undefined)[]> {
  const { db, codec } = outbox.room;
  const boxes = await db.read(['outbox', 'holds'], (tx) =>
    Promise.all(
      heads.map(async ({ id }): Promise<Box | undefined> => {
        return ((await tx.get('outbox', id)) ?? (await tx.get('holds', id)))?.box;
      }),
    ),
  );
  return Promise.all(boxes.map((box, at) => unlessSpoilt(codec.open<Sent>(actPlace(heads[at]!.id), box!))));
}

/** As it is pushed: what was let go, or is spoilt, only uses up its seq. */
export interface Wire extends Partial<Sent> {
  lane: Lane;
  seq: number;
  id: Id;
  reason?: string;
}
export function wireOf(head: Head, sent: Sent | undefined, moment: Moment): Wire {
  const { lane, seq, id, closed, voided } = head;
  if (sent && !voided) return { lane, seq, id, ...sent };
  const { scope_version, made_at, clock_skew_ms } = sent ?? { ...head, ...moment };
  return { lane, seq, id, name: 'void', version: 1, payload: '{}', scope_version, made_at, clock_skew_ms, reason: closed ? 'let_go' : sent ? 'unreadable' : 'spoilt' };
}

/** `ids`: each with the id of the act that takes its place, if one does. Of one that the server has done, only the photos it would not take are let go. */
async function closeRows(tx: Tx<Tables>, outbox: Outbox, ids: Map<Id, Id | undefined>): Promise<Head[]> {
  const closed: Head[] = [];
  for (const [id, next] of ids) {
    const row = await tx.get('outbox', id);
    if (!row || row.held || (outbox.sending.has(id) && !row.voided)) continue; // on its way: its outcome tells
    if (row.state === 'applied' || (row.state === 'queued' && row.was_applied)) {
      row.photos = row.photos.filter((sha) => !outbox.isBad(sha)); // the server has it: its other photos still go
    } else {
      row.closed = true;
      if (row.state === 'queued') row.voided = true; // after a restore: its old words must not go too
      if (next) row.replaced_by = next;
      tx.delete('own', id);
    }
    tx.put('outbox', row);
    closed.push(headOf(row));
  }
  return closed;
}

/** The person has seen it and lets it go, unless the server holds it and may yet do it; its seq and bytes stay until the server's copy is durable. */
export async function dismissAct(outbox: Outbox, id: Id): Promise<void> {
  const head = outbox.heads.get(id);
  if (!head || (head.state === 'queued' && !head.voided)) return;
  await commit(outbox, [], (tx) => closeRows(tx, outbox, new Map([[id, undefined]])));
}
