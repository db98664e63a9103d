/**
 * What the phone's own database offers to screens, duties and the sync engine.
 *
 * Screens read and write only here and never wait for the network. `store/` implements it over IndexedDB with every
 * value encrypted; `sync/` reads the outbox and feeds the mirror through the same object. Shapes of rows and payloads
 * are those of docs/wire.md. All times are ms UTC, all days `YYYY-MM-DD` in Asia/Shanghai.
 */
import type { Pen, Slate } from './jots';

export type { Pen, Slate };
export type Lane = 'urgent' | 'normal';
export type Delivery = 'saved' | 'sending' | 'delivered' | 'refused';
export type Id = string;

/** What the phone keeps of a sign-in; survives being offline. No secret in it but the CSRF token. */
export interface SessionInfo {
  person: { id: Id; name: string; username: string; county_code: string; language: 'zh' | 'en' | null };
  roles: RoleHeld[];
  csrf_token: string;
  scope_version: number;
  epoch: string;
  restricted: boolean;
  policy: { pin: boolean; track: 'off' | 'on_phone'; map?: MapSource | null };
  receipt_keys: PublicKey[];
  sealing_key: PublicKey;
  demo: boolean;
  /** 备案号 of the installation; a session kept from before it was told has none */
  filing_no?: string;
}
export interface RoleHeld {
  role: string;
  grid_id?: Id;
  micro_grid_id?: Id;
  org_unit_id: Id;
  org_unit_name: string;
  from: string;
  to?: string;
  /** a post filled for an absent colleague of this name */
  acting_for?: string | null;
}
/** Where the map's picture comes from (docs/wire.md §1): templates of one host, the lower layer first. */
export interface MapSource {
  tiles: string[];
  attribution: string;
  gcj02: boolean;
  deepest: number;
}
export interface PublicKey {
  kid: string;
  x: string;
  y: string;
}

/** A row of the mirror or of this phone's own unsent work, e.g. a record, household, matter. */
export interface Row {
  id: Id;
  version?: number;
  [field: string]: unknown;
}
/** A record as lists show it: the server's row or, while unsent, the phone's own, with its delivery beside it. */
export interface ShownRow extends Row {
  delivery: Delivery;
  /** photos of this row that the server does not hold yet */
  photos_waiting: number;
  /** of them those that wait for Wi-Fi; absent when none does */
  for_wifi?: string[];
}

export interface Photo {
  sha256: string;
  role: 'scene' | 'after';
  taken_at?: number;
}

/** An act of the person, as a screen hands it over. */
export interface Act {
  name: string; // e.g. 'hazards.report'
  version?: number; // 1 unless given
  payload: Record<string, unknown>;
  lane?: Lane; // normal unless given
  base_version?: number;
  depends_on?: Id[]; // ids of other records' mutations
  photos?: string[]; // sha256 of photos in the photo store that must follow
  /** the row this act makes or changes, as lists should show it until the server's own row arrives */
  shows?: { kind: string; row: Row };
  /** ms during which `undo` takes it back (5 000 for decisions and finishes); 0 or absent = sent at once */
  hold_ms?: number;
  /** the draft this act finishes; deleted in the same transaction */
  draft_id?: Id;
}
export type SaveResult =
  | { saved: true; mutation_id: Id; in_memory_only: boolean }
  | { saved: false; reason: 'too_long' | 'no_room' | 'database_lost' | 'locked' | 'said_again' };

/** One line of the outbox sheet. */
export interface OutboxItem {
  mutation_id: Id;
  lane: Lane;
  seq?: number; // absent while held
  name: string;
  made_at: number;
  state: 'held' | 'waiting' | 'sending' | 'photos' | 'refused' | 'deferred' | 'conflict' | 'done';
  shows?: { kind: string; id: Id };
  photos_waiting: number;
  problem?: Problem;
  server?: Row; // with a conflict: the server's row; `fields` names what differs
  /** of a conflict: the fields that both sides changed */
  fields?: string[];
  payload: Record<string, unknown>;
  receipt?: Receipt;
  /** the server has it but for these: another photo goes as a correction, and letting go lets go of these alone */
  bad_photos?: string[];
  /** 'deferred': the server keeps it until an earlier record is back; it can not be let go */
  kept_back?: boolean;
  /** why it waits, as a text key: 'offline' | 'signed_out' | 'server_busy' | 'before_it' | 'photos' … */
  why?: string;
}
export interface Problem {
  code: string;
  status: number;
  title?: string;
  detail_zh?: string;
  detail_en?: string;
  fields?: Record<string, unknown>;
}
export interface Receipt {
  kid: string;
  at: number;
  hash: string;
  sig: string;
}
export interface Draft {
  id: Id;
  form: string; // 'hazard' | 'visit' | 'patrol' | …
  body: Record<string, unknown>;
  updated_at: number;
}

/** Everything the header chip and Me need, kept live. */
export interface SyncStatus {
  online: boolean; // last contact succeeded
  waiting: number; // unsent mutations + photos the server does not hold
  refused: number;
  /** acts that met another change and wait for a person to choose; absent when none */
  conflicts?: number;
  signed_out: boolean;
  last_contact?: number;
  oldest_waiting?: number;
  update_ready: boolean;
  no_room: boolean;
  in_memory_only: boolean;
  storage?: { used: number; quota: number; persisted: boolean };
  lost?: { from: number; to: number; count: number };
  /** drafts that this phone's database would not take: they live as long as the page */
  loose?: number;
  /** the browser has cleared this phone's data under the open page; so many things were not sent yet */
  emptied?: number;
}

export interface HouseholdQuery {
  words: string; // door number, surname or pinyin initials; '' = due visits only
  limit: number;
}

export interface Store {
  readonly session: SessionInfo;
  /** The server's clock less this phone's, in ms, as last heard. */
  readonly clock_skew_ms: number;

  /**
   * Rows of one kind with own unsent changes laid over; `where` is on clear index fields only. `state` is the row's own
   * `state` or the `status` of its review; `due` is the earliest of `due`, `review.due` while it waits,
   * the day of a hazard's next look (`lookAgainOn`) and `body.revisit_on`. Newest first by id; with `due_to` the soonest first.
   */
  list(kind: string, where?: { stream?: string; state?: string; due_to?: string; limit?: number }): Promise<ShownRow[]>;
  get(kind: string, id: Id): Promise<ShownRow | undefined>;
  /** Households by door, surname or initials, those with due visits on top. ≤ 100 ms for 1,000 at 4× throttle. */
  findHouseholds(q: HouseholdQuery): Promise<ShownRow[]>;
  /**
   * The answer of `look`, as plain JSON. The first call after a start gets the one kept by the last start, if the same
   * `question` was asked and no row has changed since.
   */
  recall<T>(question: string, look: () => Promise<T>): Promise<T>;

  act(act: Act): Promise<SaveResult>;
  /** true when taken back before it became sendable */
  undo(mutation_id: Id): Promise<boolean>;

  draft(id: Id): Promise<Draft | undefined>;
  drafts(form?: string): Promise<Draft[]>;
  keepDraft(draft: Omit<Draft, 'updated_at'>): Promise<void>;
  dropDraft(id: Id): Promise<void>;
  /** What is typed this moment, on `slate` before the row is written; see jots.ts. Its code is fetched with the first call. */
  pen(slate: Slate): Promise<Pen>;

  /** Keeps the bytes encrypted under their SHA-256 (of the bytes sent) and returns it. */
  keepPhoto(bytes: Uint8Array, type: string): Promise<string>;
  photo(sha256: string): Promise<{ bytes: Uint8Array; type: string } | undefined>;
  /** `is_draft_gone`: none that names it is being worked on */
  dropPhoto(sha256: string, is_draft_gone?: boolean): Promise<void>;
  /** the server's picture, asked for in this person's name; absent until the engine is there */
  fetchPhoto?: ((sha256: string, size: 'thumb' | 'full') => Promise<Blob | undefined>) | undefined;

  outbox(): Promise<OutboxItem[]>;
  /** Ask the engine to try now. */
  retry(): void;
  /** These photos no longer wait for Wi-Fi, until the page is closed. */
  sendAnyway(photos: string[]): void;
  /** A refused or conflicting act done again with other words: the old line is closed, the new one queued. */
  replace(mutation_id: Id, act: Act): Promise<SaveResult>;
  /** Person has seen a refusal and lets it go; it stays in the export until then. */
  dismiss(mutation_id: Id): Promise<void>;
  /** The unsent outbox with its photos as one sealed file for the office page. */
  exportSealed(): Promise<Blob>;

  /** Own fixes, on this phone alone, 90 days. */
  keepFix(fix: { at: number; lng: number; lat: number; accuracy_m: number; for: string }): Promise<void>;
  fixes(): Promise<{ at: number; lng: number; lat: number; accuracy_m: number; for: string }[]>;

  /** Small settings of this person on this phone (text size, hand, theme, mode). */
  setting<T>(name: string): Promise<T | undefined>;
  keepSetting(name: string, value: unknown): Promise<void>;

  status(): SyncStatus;
  /** Called after anything changed; `kinds` says what. Returns the unsubscribe function. */
  onChange(call: (kinds: Set<string>) => void): () => void;
  close(): Promise<void>;
}

/** The door of the phone: who is on it, signing in, switching. Made by boot.ts from sync/ and handed to the shell. */
export interface Phone {
  people(): Promise<{ id: Id; name: string; username: string; waiting: number }[]>;
  /** The person last active here, opened without asking when the policy allows (no PIN). */
  resume(): Promise<Store | undefined>;
  /** `new_pin`: the old one was forgotten, another will be asked for. Online: asks the server. Offline: opens an existing person whose key the password unwraps. */
  signIn(username: string, password: string, new_pin?: boolean): Promise<{ store: Store } | { problem: Problem }>;
  /** Always works; keeps the other's outbox. Without password only when the key is held open by policy. */
  switchTo(person: Id, password?: string): Promise<{ store: Store } | { problem: Problem }>;
  signOut(): Promise<void>;
  /** Refused while anything is unsent. */
  removeFromPhone(person: Id): Promise<{ removed: true } | { problem: Problem }>;
  /** Who must unlock with the PIN; undefined: nobody, or somebody is in already. */
  held(person?: Id): Promise<{ id: Id; name: string } | undefined>;
  /** The PIN lock; its code is fetched with the first call. */
  pin(): Promise<PinDoor>;
  /** Uses the new version now (user said yes). */
  applyUpdate(): Promise<void>;
  /** false = this browser cannot keep anything: plain online mode with drafts in memory */
  readonly canKeep: boolean;
}

/** The lock under the policy `pin`. */
export interface PinDoor {
  /** called when another tab has locked */
  onLocked: () => void;
  /** the open person still has to choose a PIN */
  wanted(): Promise<boolean>;
  /** six digits; false when the key is not at hand: sign in first */
  set(pin: string): Promise<boolean>;
  /** problem `pin_wrong` with `fields.left`, or `only_online` after too many wrong tries */
  unlock(person: Id, pin: string): Promise<{ store: Store } | { problem: Problem }>;
  /** tries left; 0 = only an online sign-in opens */
  left(person: Id): Promise<number>;
  /** Closes the store and drops the key, in all tabs. */
  lock(): Promise<void>;
}
