/**
 * The store of one person on this phone: what screens use (`Store` of api.ts) over the parts in this folder, and the
 * few doors the engine needs beside it. Tabs tell each other of every change through one channel.
 */
import type { Act, Draft, HouseholdQuery, Id, OutboxItem, Receipt, SaveResult, SessionInfo, ShownRow, Store, SyncStatus } from './api';
import { dismissAct, promoteHolds, replaceAct, saveAct, undoAct } from './acts';
import { makeCodec } from './codec';
import { IndexedDatabase, memoryDatabase } from './db';
import type { Database } from './db';
import type { ChannelLike, Env } from './env';
import * as keep from './keepsakes';
import { Mirror } from './mirror';
import { Outbox } from './outbox';
import type { Room } from './outbox';
import { outboxItems } from './outbox_items';
import { dropPhoto, keepPhoto, openPhoto } from './photos';
import { isGood, readRecall, standAt, writeRecall } from './recall';
import type { Recalled } from './recall';
import { readReceipt } from './receipts';
import { Rows } from './rows';
import type { Pen, Slate } from './jots';
import { KEYS, UPGRADES } from './schema';
import type { OutboxMeta, Tables } from './schema';
import { exportOutbox } from './export_outbox';
import { CLOCK, Standing } from './standing';
import type { Clock, EngineStatus } from './standing';
import { WIFI_ONLY } from './wifi';

type Message = { type: 'changed'; kinds: string[] } | { type: 'status'; status: EngineStatus } | { type: 'wake' } | { type: 'gone' };

const TOKEN = 'session_token';
/** after a promotion that the database refused */
const HOLD_AGAIN_MS = 5000;
/** so long nothing may change before an answer is worth keeping */
const RECALL_REST_MS = 1000;

export const databaseName = (person: Id) => `gridwalk-${person}`;
export function personDatabase(env: Env, person: Id, onNoRoom?: () => void, onEmptied?: () => void): Database<Tables> {
  const name = databaseName(person);
  return env.indexedDB ? new IndexedDatabase<Tables>(env, name, UPGRADES, onNoRoom, onEmptied) : memoryDatabase<Tables>(env, name, KEYS);
}
/** Tells whoever has this person open that the database is no longer there. */
export function tellGone(env: Env, person: Id): void {
  const channel = env.channel(databaseName(person), () => {});
  channel.post({ type: 'gone' } satisfies Message);
  channel.close();
}

export class LocalStore implements Store {
  readonly room: Room;
  readonly outbox_state: Outbox;
  readonly mirror: Mirror;
  /** the engine's ear: 'save' after something became sendable, 'retry' when the person asks, 'told' by another tab */
  wake: (why: 'save' | 'retry' | 'told') => void = () => {};
  /** a photo from the server, in this person's name; set by the engine */
  fetchPhoto: Store['fetchPhoto'];
  /** another tab, or the worker, has taken this person from the phone: nothing here may be shown any longer */
  onGone: () => void = () => {};
  private rows: Rows;
  private listeners = new Set<(kinds: Set<string>) => void>();
  private channel: ChannelLike;
  private hold_timer: unknown;
  private recall_timer: unknown;
  private recalled: (Recalled & { stand: string }) | undefined;
  private is_closed = false;
  private standing: Standing;
  private settings = new Map<string, unknown>();

  private constructor(
    readonly env: Env,
    public session: SessionInfo,
    key: CryptoKey,
  ) {
    const db = personDatabase(env, session.person.id, () => this.standing.setNoRoom(true), () => this.standing.setEmptied());
    this.room = { env, db, codec: makeCodec(env, key) };
    this.outbox_state = new Outbox(this.room);
    this.mirror = new Mirror(this.room);
    this.standing = new Standing(this.outbox_state, () => this.tell(['status']));
    db.onOutdated = () => this.standing.setOutdated();
    this.rows = new Rows(this.outbox_state, this.mirror);
    this.channel = env.channel(databaseName(session.person.id), (message) => void this.hear(message as Message));
  }

  /** Opens (or makes) the person's database and promotes holds that a kill left behind. */
  static async open(env: Env, session: SessionInfo, key: CryptoKey): Promise<LocalStore> {
    const store = new LocalStore(env, session, key);
    const [recalled] = await Promise.all([readRecall(store.room).catch(() => undefined), store.outbox_state.load(), store.mirror.load(isGood), store.readSettings()]);
    store.recalled = recalled;
    store.standing.takeClock(store.settings.get(CLOCK) as Clock | undefined);
    if (store.outbox_state.meta.rev === 0) await store.writeFirstMeta();
    await store.promote().catch(() => store.armHolds(HOLD_AGAIN_MS)); // a full disk: what lies here can be read all the same
    return store;
  }
  get clock_skew_ms(): number {
    return this.standing.clock_skew_ms;
  }
  set clock_skew_ms(skew: number) {
    this.standing.clock_skew_ms = skew;
  }
  keepClock(): Promise<void> {
    return this.standing.keepClock();
  }
  /** The device id is made once and written before anything else can use it. */
  private async writeFirstMeta(): Promise<void> {
    const outbox = this.outbox_state;
    outbox.meta = await this.room.db.write(['meta'], async (tx) => {
      const there = (await tx.get('meta', 'outbox')) as OutboxMeta | undefined;
      if (there) return there;
      const fresh = { ...outbox.meta, rev: 1 };
      tx.put('meta', fresh as Tables['meta']);
      return fresh;
    });
  }

  list(kind: string, where?: { stream?: string; state?: string; due_to?: string; limit?: number }): Promise<ShownRow[]> {
    return this.rows.list(kind, where);
  }
  get(kind: string, id: Id): Promise<ShownRow | undefined> {
    return this.rows.get(kind, id);
  }
  findHouseholds(query: HouseholdQuery): Promise<ShownRow[]> {
    return this.rows.findHouseholds(query);
  }

  async recall<T>(question: string, look: () => Promise<T>): Promise<T> {
    const kept = this.recalled;
    this.recalled = undefined;
    if (kept?.question === question && kept.stand === this.stand()) return kept.answer as T;
    await this.mirror.ready();
    const stand = this.stand();
    const answer = await look();
    this.env.clearTimeout(this.recall_timer);
    this.recall_timer = this.env.setTimeout(() => {
      // what is on its way this moment is not so at the next start
      if (!this.is_closed && !this.outbox_state.sending.size) void writeRecall(this.room, stand, { question, answer }).catch(() => {});
    }, RECALL_REST_MS);
    return answer;
  }

  private stand(): string {
    return standAt(Math.max(this.mirror.rev, this.mirror.spared_at), this.outbox_state.meta.rev);
  }

  async act(act: Act): Promise<SaveResult> {
    const result = await saveAct(this.outbox_state, act, this.moment());
    if (result.saved) this.afterAct(act);
    return result;
  }
  async replace(mutation_id: Id, act: Act): Promise<SaveResult> {
    const result = await replaceAct(this.outbox_state, mutation_id, act, this.moment());
    if (result.saved) this.afterAct(act);
    return result;
  }
  async undo(mutation_id: Id): Promise<boolean> {
    const kind = this.outbox_state.holds.get(mutation_id)?.kind;
    const undone = await undoAct(this.outbox_state, mutation_id);
    this.armHolds();
    if (undone) this.changed('outbox', 'draft', ...(kind ? [kind] : []));
    return undone;
  }
  async dismiss(mutation_id: Id): Promise<void> {
    const kind = this.outbox_state.heads.get(mutation_id)?.kind;
    await dismissAct(this.outbox_state, mutation_id);
    this.changed('outbox', ...(kind ? [kind] : []));
  }
  moment() {
    return { scope_version: this.session.scope_version, clock_skew_ms: Math.round(this.clock_skew_ms) };
  }
  private afterAct(act: Act): void {
    this.outbox_state.loose.delete(act.draft_id!);
    this.changed('outbox', ...(act.draft_id ? ['draft'] : []), ...(act.shows ? [act.shows.kind] : []));
    if (act.hold_ms) this.armHolds();
    else this.wake('save');
  }

  /** Holds whose time is over become sendable; true when any did. */
  async promote(): Promise<boolean> {
    const ids = this.is_closed ? [] : await promoteHolds(this.outbox_state);
    this.armHolds();
    if (ids.length) this.changed('outbox', 'draft');
    return ids.length > 0;
  }
  private armHolds(at_least = 0): void {
    this.env.clearTimeout(this.hold_timer);
    if (this.is_closed || !this.outbox_state.holds.size) return;
    const next = Math.min(...[...this.outbox_state.holds.values()].map((hold) => hold.until));
    this.hold_timer = this.env.setTimeout(
      () => void this.promote().then((any) => any && this.wake('save'), () => this.armHolds(HOLD_AGAIN_MS)),
      Math.min(Math.max(at_least, next - this.env.now()), 60_000),
    );
  }

  draft(id: Id): Promise<Draft | undefined> {
    return keep.readDraft(this.outbox_state, id);
  }
  drafts(form?: string): Promise<Draft[]> {
    return keep.readDrafts(this.outbox_state, form);
  }
  async keepDraft(draft: Omit<Draft, 'updated_at'>): Promise<void> {
    await keep.writeDraft(this.outbox_state, draft).finally(() => this.changed('draft'));
  }
  pen(slate: Slate): Promise<Pen> {
    this.pen_here ??= import('./jots').then(({ Pen }) => new Pen(slate, this.room.codec, this.session.person.id, this.env.randomBytes));
    this.pen_here.catch(() => (this.pen_here = undefined));
    return this.pen_here;
  }
  private pen_here: Promise<Pen> | undefined;
  async dropDraft(id: Id): Promise<void> {
    await keep.deleteDraft(this.outbox_state, id);
    this.changed('draft');
  }

  async keepPhoto(bytes: Uint8Array, type: string): Promise<string> {
    const sha256 = await keepPhoto(this.outbox_state, bytes, type, this.standing.no_room);
    this.changed('photo');
    return sha256;
  }
  photo(sha256: string): Promise<{ bytes: Uint8Array; type: string } | undefined> {
    return openPhoto(this.outbox_state, sha256);
  }
  async dropPhoto(sha256: string, is_draft_gone?: boolean): Promise<void> {
    await dropPhoto(this.outbox_state, sha256, is_draft_gone);
    this.changed('photo');
  }

  outbox(): Promise<OutboxItem[]> {
    return outboxItems(this.outbox_state, this.status());
  }
  retry(): void {
    this.wake('retry');
  }
  exportSealed(): Promise<Blob> {
    return exportOutbox(this.outbox_state, this.session, this.moment());
  }

  /** The proof of delivery, also long after the mutation itself was cleared. */
  receiptOf(mutation_id: Id): Promise<Receipt | undefined> {
    return readReceipt(this.outbox_state, mutation_id);
  }

  async keepFix(fix: keep.Fix): Promise<void> {
    await keep.writeFix(this.outbox_state, fix);
    this.changed('fix');
  }
  fixes(): Promise<keep.Fix[]> {
    return keep.readFixes(this.outbox_state);
  }
  /** All at once and few: whatever stands on the first screen asks for its own. */
  private async readSettings(): Promise<void> {
    this.settings = await keep.readSettings(this.outbox_state);
    this.readChoices();
  }
  private readChoices(): void {
    this.outbox_state.wifi.is_on = this.settings.get(WIFI_ONLY) === true;
  }
  async setting<T>(name: string): Promise<T | undefined> {
    return this.settings.get(name) as T | undefined;
  }
  async keepSetting(name: string, value: unknown): Promise<void> {
    await keep.writeSetting(this.outbox_state, name, value);
    this.settings.set(name, value);
    this.readChoices();
    this.changed('setting');
  }

  /** Under a PIN the session lies here, sealed, and in no cookie; see sync/session.ts. */
  get token(): string | undefined {
    return (this.settings.get(TOKEN) as string | null | undefined) ?? undefined;
  }
  async keepToken(token: string | undefined): Promise<void> {
    if (token !== this.token) await this.keepSetting(TOKEN, token ?? null);
  }

  sendAnyway(photos: string[]): void {
    for (const sha256 of photos) this.outbox_state.wifi.sent_anyway.add(sha256);
    this.changed('photo', 'outbox', 'record');
    this.wake('retry');
  }

  status(): SyncStatus {
    return this.standing.status();
  }
  setEngineStatus(change: Partial<EngineStatus>): void {
    if (this.standing.setEngine(change)) this.channel.post({ type: 'status', status: this.standing.engine } satisfies Message);
  }
  setUpdateReady(ready: boolean): void {
    this.standing.setUpdateReady(ready);
  }
  measure(): Promise<void> {
    return this.standing.measure();
  }

  onChange(call: (kinds: Set<string>) => void): () => void {
    this.listeners.add(call);
    return () => this.listeners.delete(call);
  }
  /** Tells this tab and the others what changed. */
  changed(...kinds: string[]): void {
    if (this.is_closed) return;
    this.channel.post({ type: 'changed', kinds } satisfies Message);
    this.tell(kinds);
  }
  askOthers(): void {
    if (!this.is_closed) this.channel.post({ type: 'wake' } satisfies Message);
  }
  private tell(kinds: string[]): void {
    const changed = new Set(kinds);
    for (const call of [...this.listeners]) call(changed);
  }
  private async hear(message: Message): Promise<void> {
    if (this.is_closed) return;
    if (message.type === 'wake') return this.wake('told');
    if (message.type === 'gone') return this.onGone();
    if (message.type === 'status') {
      this.standing.engine = message.status;
      return this.tell(['status']);
    }
    try {
      await this.refresh();
      if (message.kinds.includes('setting')) await this.readSettings();
    } catch {
      return; // closing, or the database is gone: the next start reads everything
    }
    this.tell(message.kinds);
  }
  /** Reads again what other tabs have written. */
  async refresh(): Promise<void> {
    await this.outbox_state.load(false);
    await this.mirror.load();
    this.armHolds();
  }

  get closed(): boolean {
    return this.is_closed;
  }
  async close(): Promise<void> {
    this.is_closed = true;
    this.env.clearTimeout(this.hold_timer);
    this.env.clearTimeout(this.recall_timer);
    this.listeners.clear();
    this.channel.close();
    this.room.db.close();
  }
  /** Removes everything of this person from the phone. */
  async destroy(): Promise<void> {
    await this.close();
    await this.room.db.destroy();
  }
}
