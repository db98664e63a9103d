/** What the engine remembers of the feeds: sealed in one meta row, written together with the rows it speaks of. */
import { unlessSpoilt } from '../store/index';
import type { Database, LocalStore } from '../store/index';
import type { Told } from './push';

export interface SyncState {
  epoch?: string;
  cursor?: string;
  scope_version?: number;
  /** `to` of each stream as last read: the next `from` must not lie beyond it */
  counters: Record<string, number>;
  /** streams that left the person's scope and wait for the outbox to be drained */
  revoked: string[];
  /** a reading from the beginning over an old mirror is under way; it starts anew after a kill */
  rereading: boolean;
  /** which reading that is: another tab, or the worker, may have begun one of its own meanwhile */
  reading?: string;
  told: Told;
  cleaned_at: number;
}
const FIRST: SyncState = {
  counters: {}, revoked: [], rereading: false, told: { ids: [], photos: [] }, cleaned_at: 0,
};
const PLACE = 'meta/sync';
type MetaTable = Parameters<Parameters<Database<{ meta: { name: string; [field: string]: unknown } }>['write']>[1]>[0];

/** One that is spoilt is none: the feeds are read from their beginning, and what is no longer in them goes. */
export async function readState(store: LocalStore): Promise<SyncState> {
  const row = await store.room.db.read(['meta'], (tx) => tx.get('meta', 'sync'));
  const box = row?.['box'] as Uint8Array<ArrayBuffer> | undefined;
  const kept = box && (await unlessSpoilt(store.room.codec.open<SyncState>(PLACE, box)));
  return { ...FIRST, counters: {}, revoked: [], told: { ids: [], photos: [] }, ...kept };
}
/** Seals first; the answer writes it inside a transaction over `meta`. */
export async function stateWriter(store: LocalStore, state: SyncState): Promise<(tx: Pick<MetaTable, 'put'>) => void> {
  const box = await store.room.codec.seal(PLACE, state);
  return (tx) => tx.put('meta', { name: 'sync', box });
}
export async function writeState(store: LocalStore, state: SyncState): Promise<void> {
  const put = await stateWriter(store, state);
  await store.room.db.write(['meta'], async (tx) => put(tx));
}
