/** The outbox sheet: every line with what, when and why it waits. */
import type { OutboxItem, Row, SyncStatus } from './api';
import { bodies } from './acts';
import { unlessSpoilt } from './codec';
import { photosFollow, outcomePlace } from './outbox';
import type { Head, Outbox } from './outbox';
import type { Outcome } from './outcomes';
import { photoProblem } from './photos';

/** More of a row than which it is and the fields in question. */
export const isWhole = (row: Row): boolean => Object.keys(row).some((name) => !['id', 'version', 'fields'].includes(name));

function stateOfHead(outbox: Outbox, head: Head): OutboxItem['state'] {
  if (head.voided || head.state === 'refused') return 'refused';
  if (head.state === 'queued') return outbox.sending.has(head.id) ? 'sending' : 'waiting';
  if (head.state !== 'applied') return head.state;
  if (head.photos.some((sha) => outbox.isBad(sha))) return 'refused';
  return outbox.photosWaiting(head.photos) ? 'photos' : 'done';
}

function whyOf(outbox: Outbox, head: Head, state: OutboxItem['state'], status: SyncStatus): string | undefined {
  if (state === 'deferred') return 'before_it';
  if (state !== 'waiting' && state !== 'photos') return undefined;
  if (status.signed_out) return 'signed_out';
  if (!status.online) return 'offline';
  if (state === 'photos') return outbox.forWifi([head])[0] ? 'wifi' : 'photos';
  const first = outbox.queued(head.lane)[0];
  return first && first.id !== head.id && first.attempts > 0 ? 'before_it' : head.attempts > 0 ? 'server_busy' : undefined;
}

/** Newest first; what was let go or done again is not shown. */
export async function outboxItems(outbox: Outbox, status: SyncStatus): Promise<OutboxItem[]> {
  const { db, codec } = outbox.room;
  const heads = [...outbox.heads.values()].filter((head) => !head.closed);
  const holds = [...outbox.holds.values()];
  const [sent, held, outcomes] = await Promise.all([
    bodies(outbox, heads),
    bodies(outbox, holds),
    db.read(['outbox'], (tx) => Promise.all(heads.map(async ({ id }) => (await tx.get('outbox', id))?.outcome))),
  ]);
  const items: OutboxItem[] = holds.map((hold, at) => ({
    mutation_id: hold.id,
    lane: hold.lane,
    name: held[at]?.name ?? '',
    made_at: hold.made_at,
    state: 'held',
    photos_waiting: outbox.photosWaiting(hold.photos),
    payload: JSON.parse(held[at]?.payload ?? '{}') as Record<string, unknown>,
    ...(hold.kind && hold.object ? { shows: { kind: hold.kind, id: hold.object } } : {}),
  }));
  for (const [at, head] of heads.entries()) {
    const state = stateOfHead(outbox, head);
    const box = outcomes[at];
    const outcome = box ? await unlessSpoilt(codec.open<Outcome>(outcomePlace(head.id), box)) : undefined;
    const item: OutboxItem = {
      mutation_id: head.id,
      lane: head.lane,
      seq: head.seq,
      name: sent[at]?.name ?? '',
      made_at: head.made_at,
      state,
      photos_waiting: photosFollow(head) ? outbox.photosWaiting(head.photos) : 0,
      payload: JSON.parse(sent[at]?.payload ?? '{}') as Record<string, unknown>,
    };
    if (head.held) item.kept_back = true;
    if (head.kind && head.object) item.shows = { kind: head.kind, id: head.object };
    const why = whyOf(outbox, head, state, status);
    if (why) item.why = why;
    if (outcome?.problem) item.problem = outcome.problem;
    if (Array.isArray(outcome?.server?.fields)) item.fields = outcome.server.fields as string[];
    if (outcome?.server && isWhole(outcome.server)) item.server = outcome.server;
    if (outcome?.receipt) item.receipt = outcome.receipt;
    if (state === 'refused' && head.state === 'applied') {
      item.bad_photos = head.photos.filter((sha) => outbox.isBad(sha));
      const problem = await photoProblem(outbox, item.bad_photos[0]!);
      if (problem) item.problem = problem;
    }
    items.push(item);
  }
  return items.sort((a, b) => b.made_at - a.made_at || (a.mutation_id < b.mutation_id ? 1 : -1));
}
