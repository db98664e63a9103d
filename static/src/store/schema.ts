/**
 * The tables of a person's database, and the numbered list of its upgrades.
 *
 * Clear are only ids, kinds, states, streams, due days, and what order needs (lane, seq, made_at, attempts); every
 * other value lies in a `box` (see codec.ts). Upgrades are never edited, only added to: version n = the first n steps.
 */
import type { Box } from './codec';
import type { Id, Lane } from './api';

export type OutcomeState = 'queued' | 'applied' | 'refused' | 'conflict' | 'deferred';

/** What the outbox counts by; one clear row in `meta`. `urgent` and `normal` are the highest seq given. */
export type OutboxMeta = {
  name: 'outbox';
  device: Id;
  registered: boolean;
  urgent: number;
  normal: number;
  rev: number;
  /** everything was handed over and the server has said wipe: nothing may be saved here any more */
  shut?: boolean;
};
export interface OutboxRow {
  id: Id;
  lane: Lane;
  seq: number;
  /** the device under whose name this seq was given; another one after `device_cloned` */
  device: Id;
  state: OutcomeState;
  made_at: number;
  attempts: number;
  kind?: string;
  object?: Id;
  photos: string[];
  /** the person let it go, or it was done again under another id */
  closed?: boolean;
  /** the act that it was done again as: what leans on this one and comes back deferred follows that one, see requeue.ts */
  replaced_by?: Id;
  /** refused because its author is no longer in post: the office may take it in, so its photos follow */
  quarantined?: boolean;
  /** the server keeps it until an earlier record is back, and may do it then: it can not be let go any more */
  held?: boolean;
  /** queued anew after a restore: the server had done it, so nothing takes its place */
  was_applied?: boolean;
  /** sent as a `void`: the server refused even to read it */
  voided?: boolean;
  /** version of the object after an `applied` */
  version?: number;
  acked_at?: number;
  durable_at?: number;
  box: Box;
  outcome?: Box;
}
export interface HoldRow {
  id: Id;
  lane: Lane;
  until: number;
  made_at: number;
  kind?: string;
  object?: Id;
  photos: string[];
  draft_id?: Id;
  box: Box;
}
export interface OwnRow {
  id: Id; // of the mutation
  kind: string;
  object: Id;
  made_at: number;
  box: Box;
}
export interface PhotoState {
  sha256: string;
  state: 'kept' | 'held' | 'refused';
  size: number;
  attempts: number;
  kept_at: number;
  asked_at?: number;
  durable_at?: number;
  /** the server held it once and lost it: sent again, also when no act here names it any longer */
  owed?: true;
  /** since when, by the server's clock, nothing here names it; see photo_sweep.ts */
  idle_since?: number;
  /** where a begun upload goes on, and why it was refused */
  upload?: Box;
  problem?: Box;
}
export interface PageIndexRow {
  page: number;
  stream: string;
  kind: string;
  /** columns joined by \n, one line per row of the page */
  ids: string;
  versions: string;
  states: string;
  dues: string;
  /** how many rows, and the greatest id: pages are passed over without splitting their columns. Absent on pages of older versions */
  size?: number;
  newest?: Id;
}
export interface Tables {
  meta: { name: string; [field: string]: unknown };
  outbox: OutboxRow;
  holds: HoldRow;
  own: OwnRow;
  drafts: { id: Id; updated_at: number; box: Box };
  photos: { sha256: string; box: Box };
  photo_states: PhotoState;
  pages: { page: number; box: Box };
  page_index: PageIndexRow;
  /** `stand`: of the one row that only answers while mirror and outbox stand there, see recall.ts */
  settings: { name: string; box: Box; stand?: string };
  fixes: { id: Id; at: number; box: Box };
  receipts: { id: Id; at: number; box: Box };
}
export type TableName = keyof Tables;

export const KEYS: Record<TableName, string> = {
  meta: 'name',
  outbox: 'id',
  holds: 'id',
  own: 'id',
  drafts: 'id',
  photos: 'sha256',
  photo_states: 'sha256',
  pages: 'page',
  page_index: 'page',
  settings: 'name',
  fixes: 'id',
  receipts: 'id',
};

export type Upgrade = (database: IDBDatabase, transaction: IDBTransaction) => void;

export const UPGRADES: Upgrade[] = [
  // 1: the road of a record
  (database) => {
    for (const name of Object.keys(KEYS) as TableName[]) database.createObjectStore(name, { keyPath: KEYS[name] });
  },
];
