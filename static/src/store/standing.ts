/** How things stand on this phone: contact with the server, room on the disk, the clock. Counts come from the outbox. */
import type { SyncStatus } from './api';
import { beginNewLog } from './db';
import * as keep from './keepsakes';
import type { Outbox } from './outbox';

export type EngineStatus = Pick<SyncStatus, 'online' | 'signed_out' | 'last_contact' | 'lost'>;

/** the setting under which the clock is kept */
export const CLOCK = 'clock';
export interface Clock {
  skew: number;
  met?: number;
}
const NO_ROOM_REST_MS = 3600_000;
const ROOM_ENOUGH = 12 * 1024 * 1024;
/** The clock is written again when it moved a second, the last contact when it is ten minutes newer. */
const CLOCK_MOVED_MS = 1000;
const CONTACT_MOVED_MS = 600_000;

export class Standing {
  clock_skew_ms = 0;
  engine: EngineStatus = { online: false, signed_out: false };
  no_room = false;
  /** unsent things at the moment when the browser threw this phone's data away */
  emptied: number | undefined;
  update_ready = false;
  private is_outdated = false;
  private no_room_since = 0;
  private storage: SyncStatus['storage'];
  private kept = { skew: 0, met: 0 };

  constructor(
    private outbox: Outbox,
    private tell: () => void,
  ) {}

  status(): SyncStatus {
    const { db } = this.outbox.room;
    const { waiting, refused, oldest } = this.outbox.counts();
    const { no_room } = this;
    const update_ready = this.update_ready || this.is_outdated;
    const status: SyncStatus = { ...this.engine, waiting, refused, update_ready, no_room, in_memory_only: db.in_memory };
    if (oldest !== undefined) status.oldest_waiting = oldest;
    const loose = this.outbox.loose.size;
    if (loose) status.loose = loose;
    if (this.emptied !== undefined) status.emptied = this.emptied;
    if (this.storage) status.storage = this.storage;
    return status;
  }

  /** true when it changed, so that the other tabs are told too. */
  setEngine(change: Partial<EngineStatus>): boolean {
    const next: EngineStatus = { ...this.engine, ...change };
    if (next.lost === undefined) delete next.lost;
    const is_new = JSON.stringify(next) !== JSON.stringify(this.engine);
    this.engine = next;
    if (is_new) this.tell();
    return is_new;
  }
  setUpdateReady(ready: boolean): void {
    this.update_ready = ready;
    this.tell();
  }
  /** Another tab runs a newer version, whose database this one cannot read: only loading anew helps. */
  setOutdated(): void {
    if (this.is_outdated) return; // told once: who reads again at every change would read for ever
    this.is_outdated = true;
    this.tell();
  }
  setNoRoom(no_room: boolean): void {
    if (this.no_room === no_room) return;
    this.no_room = no_room;
    this.no_room_since = this.outbox.room.env.now();
    this.tell();
  }
  /** The browser has thrown away what lay here, most likely for want of room. */
  setEmptied(): void {
    this.emptied ??= this.outbox.unsent();
    this.tell();
  }
  /**
   * Measures the storage, and takes the ballast back once there is room again. A write that fails on a full disk makes
   * Chromium clear what it has not promised to keep: that is never risked over anything unsent.
   */
  async measure(): Promise<void> {
    const { env } = this.outbox.room;
    const before = JSON.stringify(this.storage);
    this.storage = await env.storage?.().catch(() => undefined);
    const may_try = this.storage?.persisted === true || !this.outbox.unsent();
    const filled = await this.fillBallast(may_try).catch(() => 'full');
    if (filled === 'full') this.setNoRoom(true);
    // where the browser has no place for a ballast, the meter must do
    const free = this.storage ? this.storage.quota - this.storage.used : 0;
    const has_rested = env.now() - this.no_room_since > NO_ROOM_REST_MS;
    if (filled === true || (!filled && this.no_room && has_rested && free > ROOM_ENOUGH)) this.setNoRoom(false);
    if (JSON.stringify(this.storage) !== before) this.tell();
  }

  /** No ballast yet: perhaps the disk was full when the app was last open. */
  private async fillBallast(may_try: boolean): Promise<boolean> {
    const { env } = this.outbox.room;
    if (await env.ballast.fill(false)) return true;
    await beginNewLog(env);
    return env.ballast.fill(may_try);
  }

  /** How far this phone's clock was from the server's, and when they last met: still true after a restart offline. */
  takeClock(kept: Clock | undefined): void {
    if (!kept) return;
    this.clock_skew_ms = kept.skew;
    this.kept = { skew: kept.skew, met: kept.met ?? 0 };
    if (kept.met !== undefined) this.engine = { ...this.engine, last_contact: kept.met };
  }
  async keepClock(): Promise<void> {
    const met = this.engine.last_contact ?? 0;
    const skew = Math.round(this.clock_skew_ms);
    const is_known = Math.abs(skew - this.kept.skew) < CLOCK_MOVED_MS && met - this.kept.met < CONTACT_MOVED_MS;
    if (is_known) return;
    this.kept = { skew, met };
    await keep.writeSetting(this.outbox, CLOCK, { skew, met });
  }
}
