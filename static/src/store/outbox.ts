/**
 * The outbox in memory: heads (everything but the boxes) of queued and acknowledged mutations, of held acts, and the
 * rows that unsent acts show. The database is the truth; `load` reads it again whenever another tab has written
 * (`rev` of the meta row tells).
 */
import type { Draft, Id, Lane, Row } from './api';
import { unlessSpoilt } from './codec';
import type { Codec } from './codec';
import type { Database } from './db';
import type { Env } from './env';
import { uuid7 } from './ids';
import type { HoldRow, OutboxMeta, OutboxRow, PhotoState, Tables } from './schema';
import { WifiChoice } from './wifi';

/** how long what the server has safely is kept here after that, once settled */
export const KEEP_AFTER_DURABLE_MS = 14 * 24 * 3600_000;

export type Head = Omit<OutboxRow, 'box' | 'outcome'> & { has_outcome: boolean };
export type Hold = Omit<HoldRow, 'box'>;
export interface Own {
  id: Id;
  kind: string;
  object: Id;
  made_at: number;
  row: Row;
}
export interface Room {
  env: Env;
  db: Database<Tables>;
  codec: Codec;
}

export function headOf({ box: _box, outcome, ...head }: OutboxRow): Head {
  return { ...head, has_outcome: outcome !== undefined };
}
export const actPlace = (id: Id) => `act/${id}`;
export const outcomePlace = (id: Id) => `outcome/${id}`;
export const ownPlace = (id: Id) => `own/${id}`;

/** instead of a row that is spoilt: its act is sent and listed all the same */
const NOTHING: Row = { id: '' };

const objectKey = (kind: string, id: Id) => `${kind}:${id}`;

export class Outbox {
  meta: OutboxMeta;
  heads = new Map<Id, Head>();
  holds = new Map<Id, Hold>();
  own = new Map<Id, Own>();
  photos = new Map<string, PhotoState>();
  /** drafts that the database would not take: they live as long as the page */
  loose = new Map<Id, Draft>();
  readonly wifi: WifiChoice;
  /** ids in the push that is on its way now */
  sending = new Set<Id>();
  /** the last moment that the server has told, by its own clock; 0: not heard since this start. What is kept or cleared
   * goes by it alone: a phone's clock may leap by years */
  server_time = 0;
  /** another tab has written what this one has not read */
  is_stale = false;
  private by_object: Map<string, Head[]> | undefined;

  constructor(readonly room: Room) {
    this.wifi = new WifiChoice(room.env);
    this.meta = { name: 'outbox', device: uuid7(room.env), registered: false, urgent: 0, normal: 0, rev: 0 };
  }

  /** Reads everything again unless nobody has written since. */
  async load(force = true): Promise<void> {
    while (!(await this.loadOnce(force || this.is_stale))) force = true;
  }
  /** false when this tab wrote something while we were reading: read once more. */
  private async loadOnce(force: boolean): Promise<boolean> {
    const { db, codec } = this.room;
    const before = this.meta.rev;
    this.is_stale = false;
    const found = await db.read(['meta', 'outbox', 'holds', 'own', 'photo_states'], async (tx) => {
      const meta = (await tx.get('meta', 'outbox')) as OutboxMeta | undefined;
      if (!force && meta?.rev === this.meta.rev) return undefined;
      const [rows, holds, own, photos] = await Promise.all([
        tx.all('outbox'),
        tx.all('holds'),
        tx.all('own'),
        tx.all('photo_states'),
      ]);
      return { meta, rows, holds, own, photos };
    });
    if (!found) return true;
    const shown = await Promise.all(
      found.own.map(async ({ box, ...rest }): Promise<Own> => {
        return this.own.get(rest.id) ?? { ...rest, row: (await unlessSpoilt(codec.open<Row>(ownPlace(rest.id), box))) ?? NOTHING };
      }),
    );
    if (this.meta.rev !== before) return false;
    if (found.meta) this.meta = found.meta;
    this.heads = new Map(found.rows.map((row) => [row.id, headOf(row)]));
    this.holds = new Map(found.holds.map(({ box: _box, ...hold }) => [hold.id, hold]));
    this.own = new Map(shown.filter(({ row }) => row !== NOTHING).map((own) => [own.id, own]));
    this.photos = new Map(found.photos.map((photo) => [photo.sha256, photo]));
    this.touched();
    return true;
  }

  /** To be called after any change of the maps. */
  touched(): void {
    this.by_object = undefined;
  }

  /** Mutations without outcome in order of their seq. */
  queued(lane: Lane): Head[] {
    return [...this.heads.values()]
      .filter((head) => head.state === 'queued' && head.lane === lane && head.device === this.meta.device)
      .sort((a, b) => a.seq - b.seq);
  }
  /** Everything of this lane that still lies here, in order. */
  kept(lane: Lane): Head[] {
    return [...this.heads.values()]
      .filter((head) => head.lane === lane && head.device === this.meta.device)
      .sort((a, b) => a.seq - b.seq);
  }
  /** The highest seq below which every outcome is stored. */
  acked(lane: Lane): number {
    const first = this.queued(lane)[0];
    return first ? first.seq - 1 : this.meta[lane];
  }

  /** A photo that the server would not take, or that is lost here. */
  isBad(sha256: string): boolean {
    return this.photos.get(sha256)?.state === 'refused';
  }
  /** Photos of this mutation that the server does not hold and has not refused. */
  photosWaiting(photos: string[]): number {
    return photos.filter((sha256) => (this.photos.get(sha256)?.state ?? 'kept') === 'kept').length;
  }

  /** Photos of acknowledged acts in the normal lane that wait for Wi-Fi; of a queued act the text waits too. */
  forWifi(heads: Head[]): string[] {
    const mine = heads.filter((head) => head.lane === 'normal' && head.state !== 'queued' && photosFollow(head)).flatMap((head) => head.photos);
    return mine.filter((sha256) => this.photosWaiting([sha256]) && this.wifi.mustWait(sha256));
  }

  /** Photos that the server had and lost, whoever names them. */
  owedPhotos(): string[] {
    return [...this.photos.values()].filter(isOwed).map(({ sha256 }) => sha256);
  }

  /** Open mutations that show this object, oldest first. */
  of(kind: string, object: Id): Head[] {
    if (!this.by_object) {
      this.by_object = new Map();
      for (const head of this.heads.values()) {
        if (!head.kind || !head.object || head.closed) continue;
        const key = objectKey(head.kind, head.object);
        const there = this.by_object.get(key);
        if (there) there.push(head);
        else this.by_object.set(key, [head]);
      }
    }
    return this.by_object.get(objectKey(kind, object)) ?? [];
  }

  /** Everything that would be lost with this database: queued (voids too), held, photos under way. */
  unsent(): number {
    const voids = [...this.heads.values()].filter((head) => head.state === 'queued' && head.voided).length;
    return this.counts().waiting + voids;
  }
  /** Unsent mutations and photos, the refused, and how long the oldest has waited. */
  counts(): { waiting: number; refused: number; oldest?: number } {
    const photos = new Set(this.owedPhotos());
    let texts = this.holds.size;
    let refused = 0;
    let oldest = Infinity;
    for (const hold of this.holds.values()) for (const sha256 of hold.photos) photos.add(sha256);
    for (const head of this.heads.values()) {
      if (head.state === 'queued' && !head.voided) {
        texts += 1;
        oldest = Math.min(oldest, head.made_at);
      }
      if ((head.state === 'refused' || head.voided) && !head.closed) refused += 1;
      if (photosFollow(head)) for (const sha256 of head.photos) photos.add(sha256);
    }
    const waiting = texts + this.photosWaiting([...photos]);
    return oldest === Infinity ? { waiting, refused } : { waiting, refused, oldest };
  }
}

/** The same from the clear columns of the database, so also for people whose key is not open, and inside a transaction. */
export function unsentOf(rows: OutboxRow[], holds: HoldRow[], photos: PhotoState[]): number {
  const done = new Set(photos.filter(({ state }) => state !== 'kept').map(({ sha256 }) => sha256));
  const named = [...rows.filter(photosFollow), ...holds].flatMap((row) => row.photos).filter((sha) => !done.has(sha));
  const owed = photos.filter(isOwed).map(({ sha256 }) => sha256);
  return rows.filter(({ state }) => state === 'queued').length + holds.length + new Set([...named, ...owed]).size;
}

/**
 * Shuts an outbox for good if nothing in it is unsent, in one transaction, so that no act of another tab slips in between
 * the look and what clears it. undefined: something waits.
 */
export function shutIfNothingWaits(db: Database<Tables>): Promise<OutboxMeta | undefined> {
  return db.write(['meta', 'outbox', 'holds', 'photo_states'], async (tx) => {
    const [rows, holds, photos] = await Promise.all([tx.all('outbox'), tx.all('holds'), tx.all('photo_states')]);
    if (unsentOf(rows, holds, photos)) return undefined;
    const there = (await tx.get('meta', 'outbox')) as OutboxMeta | undefined;
    const meta: OutboxMeta = { name: 'outbox', device: '', registered: false, urgent: 0, normal: 0, ...there, rev: (there?.rev ?? 0) + 1, shut: true };
    tx.put('meta', meta as Tables['meta']);
    return meta;
  });
}

const isOwed = ({ state, owed }: PhotoState) => state === 'kept' && owed === true;

/** Do the photos of this mutation still have to reach the server? Those of a refused one only into quarantine. */
export function photosFollow(head: Pick<Head, 'state' | 'closed' | 'voided' | 'quarantined'>): boolean {
  return !head.closed && !head.voided && (head.state !== 'refused' || head.quarantined === true);
}
