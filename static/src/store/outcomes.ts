/**
 * What the engine writes into the outbox: outcomes, a new device id after a clone, rows to be sent again after a
 * restore, marks of durability, and at last the clearing of what the server has kept safely for 14 days.
 */
import type { Id, Lane, Problem, Receipt, Row } from './api';
import { bump, metaOf } from './acts';
import { unlessSpoilt } from './codec';
import type { Box } from './codec';
import { uuid7 } from './ids';
import { KEEP_AFTER_DURABLE_MS, headOf, outcomePlace, shutIfNothingWaits } from './outbox';
import type { Head, Outbox } from './outbox';
import { isWhole } from './outbox_items';
import { receiptPlace } from './receipts';
import type { OutboxMeta, OutboxRow, Tables } from './schema';
import type { Tx } from './db';

/** A row sent under an earlier device id has no `durable_through` of its own any more. */
const KEEP_OTHER_DEVICE_MS = 60 * 24 * 3600_000;

export interface Result {
  lane: Lane;
  seq: number;
  id: Id;
  /** 'held': the server waits for an earlier version to come back; the final outcome comes with the feed */
  outcome: 'applied' | 'refused' | 'conflict' | 'deferred' | 'held';
  version?: number;
  receipt?: Receipt;
  problem?: Problem;
  server?: Row;
}
/** What is sealed of an outcome. */
export type Outcome = Pick<Result, 'outcome' | 'problem' | 'receipt' | 'server' | 'version'>;

/** Changes rows of the outbox in one strict transaction and in memory after it. */
async function change(
  outbox: Outbox,
  work: (tx: Tx<Tables>, meta: OutboxMeta) => Promise<{ rows?: OutboxRow[]; gone?: Id[]; drop_own?: Id[] }>,
): Promise<void> {
  const done = await outbox.room.db.write(['meta', 'outbox', 'own', 'receipts'], async (tx) => {
    const meta = await metaOf(tx, outbox);
    const result = await work(tx, meta);
    for (const row of result.rows ?? []) tx.put('outbox', row);
    for (const id of result.gone ?? []) tx.delete('outbox', id);
    for (const id of [...(result.gone ?? []), ...(result.drop_own ?? [])]) tx.delete('own', id);
    bump(tx, meta);
    return { meta, ...result };
  });
  outbox.meta = done.meta;
  for (const row of done.rows ?? []) outbox.heads.set(row.id, headOf(row));
  for (const id of done.gone ?? []) outbox.heads.delete(id);
  for (const id of [...(done.gone ?? []), ...(done.drop_own ?? [])]) outbox.own.delete(id);
  outbox.touched();
}

const OUTCOMES = new Set(['applied', 'refused', 'conflict', 'deferred', 'held']);

/** Stores outcomes word for word. A result that fits no waiting row (a late echo) changes nothing. */
export function recordResults(outbox: Outbox, results: Result[]): Promise<Id[]> {
  return record(outbox, results, 'queued');
}
/** The final outcome of a mutation that the server held until an earlier version was there again. */
export function recordLate(outbox: Outbox, results: Result[]): Promise<Id[]> {
  return record(outbox, results, 'deferred');
}

async function record(outbox: Outbox, results: Result[], from: 'queued' | 'deferred'): Promise<Id[]> {
  const { env, codec } = outbox.room;
  // a late outcome comes with the feed, to every phone that keeps the act, whatever number it has there
  const fits = (row: Pick<Head, 'lane' | 'seq' | 'state'>, result: Result) =>
    row.state === from && (from === 'deferred' || (row.lane === result.lane && row.seq === result.seq));
  const fitting = results.filter((result) => {
    const head = outbox.heads.get(result.id);
    return head && fits(head, result) && OUTCOMES.has(result.outcome);
  });
  if (!fitting.length) return [];
  const boxes = await Promise.all(fitting.map((result) => codec.seal(outcomePlace(result.id), outcomeOf(result))));
  const receipts = await Promise.all(
    fitting.map(({ id, receipt }) => (receipt ? codec.seal(receiptPlace(id), receipt) : undefined)),
  );
  const had = await Promise.all(
    fitting.map(({ id }) => (outbox.heads.get(id)?.voided ? codec.seal(outcomePlace(id), { outcome: 'applied' } satisfies Outcome) : undefined)),
  );
  await change(outbox, async (tx) => {
    const rows: OutboxRow[] = [];
    const drop_own: Id[] = [];
    for (const [at, result] of fitting.entries()) {
      const row = await tx.get('outbox', result.id);
      if (!row || !fits(row, result)) continue;
      row.acked_at = outbox.server_time || env.now();
      if (row.voided && had[at] && result.problem?.code === 'id_reuse' && row.version !== undefined && !row.closed) {
        Object.assign(row, { voided: false, state: 'applied', outcome: had[at] }); // spoilt here since: the server has it
      } else if (row.voided) {
        row.state = 'refused'; // keeps the problem it was refused with
      } else {
        row.state = result.outcome === 'held' ? 'deferred' : result.outcome;
        row.held = result.outcome === 'held';
        row.outcome = boxes[at]!;
        if (result.problem?.code === 'no_longer_in_post') row.quarantined = true;
        if (typeof result.version === 'number') row.version = result.version;
      }
      if (result.outcome === 'conflict') drop_own.push(row.id);
      const receipt = receipts[at];
      if (receipt) tx.put('receipts', { id: row.id, at: row.acked_at, box: receipt });
      rows.push(row);
    }
    return { rows, drop_own };
  });
  return fitting.map((result) => result.id);
}

function outcomeOf({ outcome, problem, receipt, server, version }: Result): Outcome {
  const kept: Outcome = { outcome };
  if (problem) kept.problem = problem;
  if (receipt) kept.receipt = receipt;
  if (server) kept.server = server;
  if (version !== undefined && version !== null) kept.version = version;
  return kept;
}

/** The server refuses even to read this one, or this phone can not: kept as 未被接收, its seq is sent as a `void`. */
export async function voidMutation(outbox: Outbox, id: Id, problem: Problem): Promise<void> {
  const outcome = await outbox.room.codec.seal(outcomePlace(id), { outcome: 'refused', problem } satisfies Outcome);
  await change(outbox, async (tx) => {
    const row = await tx.get('outbox', id);
    if (!row || row.state !== 'queued') return {};
    return { rows: [{ ...row, voided: true, outcome }] };
  });
}

/** Another phone uses this device's name: take a new one and number again what is unacknowledged, ids unchanged. */
export async function takeNewDevice(outbox: Outbox, cloned: Id): Promise<void> {
  const device = uuid7(outbox.room.env);
  await change(outbox, async (tx, meta) => {
    if (meta.device !== cloned) return {}; // another tab has done it
    Object.assign(meta, { device, registered: false, urgent: 0, normal: 0 });
    const rows = (await tx.all('outbox')).filter((row) => row.state === 'queued');
    rows.sort((a, b) => a.seq - b.seq || a.made_at - b.made_at);
    for (const row of rows) {
      meta[row.lane] += 1;
      row.seq = meta[row.lane];
      row.device = device;
    }
    return { rows };
  });
}

export async function setRegistered(outbox: Outbox, registered: boolean): Promise<void> {
  if (outbox.meta.registered === registered) return;
  await change(outbox, async (_tx, meta) => {
    meta.registered = registered;
    return {};
  });
}

/**
 * Sends acknowledged mutations again: all that are kept (a new epoch) or those from a seq on (the server has lost
 * them). What was acknowledged under an earlier device id gets a seq of this one, at the end. What was refused and then
 * let go, or said again in other words, only uses up its seq: a restored server might find nothing wrong with it.
 */
export async function sendAgain(outbox: Outbox, which: { lane: Lane; from: number } | 'everything'): Promise<number> {
  let count = 0;
  await change(outbox, async (tx, meta) => {
    const rows = (await tx.all('outbox')).filter((row) => {
      if (row.state === 'queued') return false;
      if (which === 'everything') return true;
      return row.device === meta.device && row.lane === which.lane && row.seq >= which.from;
    });
    rows.sort((a, b) => a.made_at - b.made_at || a.seq - b.seq);
    for (const row of rows) {
      if (row.closed && row.state !== 'applied') row.voided = true; // let go or said again: it must not be done after all
      row.was_applied = row.state === 'applied' && !row.closed;
      row.state = 'queued';
      delete row.held;
      delete row.durable_at;
      if (row.device !== meta.device) {
        meta[row.lane] += 1;
        row.seq = meta[row.lane];
        row.device = meta.device;
      }
    }
    count = rows.length;
    return { rows };
  });
  return count;
}

/** Before the wipe. false: something waits. */
export async function shutIfSent(outbox: Outbox): Promise<boolean> {
  const shut = await shutIfNothingWaits(outbox.room.db);
  if (shut) outbox.meta = shut;
  else outbox.is_stale = true; // another tab has saved what we have not read
  return shut !== undefined;
}

/** Marks what a backup or standby holds now, and clears what has been safe there for 14 days. */
export async function keepUntilDurable(outbox: Outbox, durable: Record<Lane, number>): Promise<void> {
  const now = outbox.server_time;
  if (!now) return;
  const settled = (head: Head) => head.state === 'applied' || head.closed === true;
  const newly = [...outbox.heads.values()].filter(
    (head) =>
      head.state !== 'queued' && !head.durable_at && head.device === outbox.meta.device && head.seq <= durable[head.lane],
  );
  const old = [...outbox.heads.values()].filter((head) => {
    if (head.state === 'queued' || !settled(head) || outbox.photosWaiting(photosOf(head))) return false;
    if (head.durable_at) return head.durable_at + KEEP_AFTER_DURABLE_MS < now;
    return head.device !== outbox.meta.device && (head.acked_at ?? now) + KEEP_OTHER_DEVICE_MS < now;
  });
  if (!newly.length && !old.length) return;
  await change(outbox, async (tx) => {
    const rows: OutboxRow[] = [];
    for (const { id } of newly) {
      const row = await tx.get('outbox', id);
      if (row && row.state !== 'queued') rows.push({ ...row, durable_at: now });
    }
    return { rows, gone: old.map((head) => head.id) };
  });
}
const photosOf = (head: Head) => (head.state === 'applied' && !head.closed ? head.photos : []);

/** Own rows whose server row has come, or whose object has left this person's sight. */
export async function dropOwn(outbox: Outbox, ids: Id[]): Promise<void> {
  if (!ids.length) return;
  await change(outbox, async () => ({ drop_own: ids }));
}

/** Of a row: only which it is, and the fields in question. */
const bare = ({ id, version, fields }: Row): Row => ({ id, ...(version === undefined ? {} : { version }), fields });

/** The other side of a conflict is kept no longer than its row may be seen; the names of the fields stay. */
export async function forgetUnseen(outbox: Outbox, isSeen: (id: Id) => boolean): Promise<void> {
  const { codec, db } = outbox.room;
  const heads = [...outbox.heads.values()].filter(({ state, voided, has_outcome, object }) => has_outcome && (state === 'conflict' || state === 'queued' || voided) && !(object && isSeen(object)));
  if (!heads.length) return;
  const boxes = await db.read(['outbox'], (tx) => Promise.all(heads.map(async ({ id }) => (await tx.get('outbox', id))?.outcome)));
  const sealed = new Map<Id, Box>();
  for (const [at, { id }] of heads.entries()) {
    const outcome = boxes[at] && (await unlessSpoilt(codec.open<Outcome>(outcomePlace(id), boxes[at])));
    if (!outcome?.server || !isWhole(outcome.server) || isSeen(outcome.server.id)) continue;
    sealed.set(id, await codec.seal(outcomePlace(id), { ...outcome, server: bare(outcome.server) }));
  }
  if (!sealed.size) return;
  await change(outbox, async (tx) => {
    const rows = await Promise.all([...sealed.keys()].map((id) => tx.get('outbox', id)));
    return { rows: rows.filter((row) => row !== undefined && row.outcome !== undefined).map((row) => ({ ...row!, outcome: sealed.get(row!.id)! })) };
  });
}

/** Counts a try that was cut, for the person to see. */
export function countAttempt(outbox: Outbox, ids: Id[]): void {
  for (const id of ids) {
    const head = outbox.heads.get(id);
    if (head) head.attempts += 1;
  }
}
