/**
 * Rows as screens see them: the mirror with this phone's own unsent changes laid over, and how far each is delivered.
 * A refused *new* row stays visible as 未被接收; a refused *change* shows the server's row, marked.
 */
import type { Delivery, HouseholdQuery, Id, Row, ShownRow } from './api';
import { dayOf } from './ids';
import type { Mirror } from './mirror';
import { photosFollow } from './outbox';
import type { Head, Outbox, Own } from './outbox';
import { dueOf, matches, stateOf } from './pages';
import type { Found, Where } from './pages';

/** A due visit of the next days stands on top of the list of households. */
const DUE_AHEAD_MS = 7 * 24 * 3600_000;

interface Entry {
  id: Id;
  due: string;
  found?: Found;
  row?: Row;
}

export class Rows {
  constructor(
    private outbox: Outbox,
    private mirror: Mirror,
  ) {}

  async list(kind: string, where: Where & { limit?: number } = {}): Promise<ShownRow[]> {
    return (await this.rowsOf(kind, where)).map((row) => this.shown(kind, row));
  }
  private async rowsOf(kind: string, where: Where & { limit?: number }): Promise<Row[]> {
    await this.mirror.ready();
    const own = this.ownOf(kind);
    const entries: Entry[] = [];
    const { limit, due_to } = where;
    const kept = limit === undefined || due_to !== undefined ? this.mirror.find(kind, where) : this.mirror.newest(kind, where, limit + own.size);
    for (const found of kept) if (!own.has(found.id)) entries.push({ id: found.id, due: found.due, found });
    for (const id of own.keys()) {
      const row = await this.merged(kind, id, own.get(id)!);
      if (!row) continue;
      const due = dueOf(row);
      if (matches({ ...where, stream: undefined }, { stream: '', state: stateOf(row), due })) entries.push({ id, due, row });
    }
    entries.sort(where.due_to === undefined ? newestFirst : soonestFirst);
    const wanted = where.limit === undefined ? entries : entries.slice(0, where.limit);
    await this.mirror.openPages(wanted.flatMap(({ row, found }) => (row ? [] : found!.page)));
    const rows: Row[] = [];
    for (const entry of wanted) {
      const row = entry.row ?? (await this.rowOf(kind, entry.found!));
      if (row) rows.push(row);
    }
    return rows;
  }

  /** The mirror may have changed since the index was asked: the id decides, not the place. */
  private async rowOf(kind: string, found: Found): Promise<Row | undefined> {
    const row = (await this.mirror.rowsOf(found.page))[found.at];
    return row?.id === found.id ? row : this.mirror.get(kind, found.id);
  }

  async get(kind: string, id: Id): Promise<ShownRow | undefined> {
    const row = await this.merged(kind, id, this.ownOf(kind).get(id) ?? []);
    return row && this.shown(kind, row);
  }

  private ownOf(kind: string): Map<Id, Own[]> {
    const by_object = new Map<Id, Own[]>();
    for (const own of this.outbox.own.values()) {
      if (own.kind !== kind) continue;
      const there = by_object.get(own.object);
      if (there) there.push(own);
      else by_object.set(own.object, [own]);
    }
    for (const list of by_object.values()) list.sort((a, b) => a.made_at - b.made_at || (a.id < b.id ? -1 : 1));
    return by_object;
  }

  private async merged(kind: string, id: Id, own: Own[]): Promise<Row | undefined> {
    const base = await this.mirror.get(kind, id);
    let row = base;
    for (const change of own) {
      const head = this.outbox.heads.get(change.id);
      const refused = head && (head.state === 'refused' || head.voided);
      if (refused && base) continue;
      if (head?.state === 'applied' && base && (base.version ?? 0) >= (head.version ?? Infinity)) continue;
      row = { ...row, ...change.row };
    }
    return row;
  }

  private shown(kind: string, row: Row): ShownRow {
    const heads = this.outbox.of(kind, row.id);
    const holds = [...this.outbox.holds.values()].filter((hold) => hold.kind === kind && hold.object === row.id);
    const mine = new Set([...heads.filter(photosFollow), ...holds].flatMap((one) => one.photos));
    let photos_waiting = this.outbox.photosWaiting([...mine]);
    let is_owed = false;
    for (const photo of (row['photos'] as { sha256?: string; held?: boolean }[] | undefined) ?? []) {
      const sha = photo?.sha256;
      if (!sha || mine.has(sha) || photo.held !== false) continue;
      const state = this.outbox.photos.get(sha);
      if (state?.state !== 'held') photos_waiting += 1;
      is_owed ||= state?.owed === true && state.state === 'kept';
    }
    const for_wifi = this.outbox.forWifi(heads);
    const delivery = this.delivery(heads, holds.length > 0);
    return { ...row, delivery: is_owed && delivery === 'delivered' ? 'sending' : delivery, photos_waiting, ...(for_wifi[0] ? { for_wifi } : {}) };
  }

  private delivery(heads: Head[], held: boolean): Delivery {
    const { sending } = this.outbox;
    const refused = heads.some(
      (head) => head.state === 'refused' || head.voided || (photosFollow(head) && head.photos.some((sha) => this.outbox.isBad(sha))),
    );
    if (refused) return 'refused';
    if (heads.some((head) => sending.has(head.id))) return 'sending';
    if (held || heads.some((head) => head.state === 'queued' || head.state === 'deferred')) {
      return 'saved';
    }
    return heads.some((head) => photosFollow(head) && this.outbox.photosWaiting(head.photos) > 0) ? 'sending' : 'delivered';
  }

  /** Households whose door, contact's name or pinyin initials contain the words, those with due visits first. */
  async findHouseholds({ words, limit }: HouseholdQuery): Promise<ShownRow[]> {
    const due = await this.dueVisits();
    const asked = words.trim().toLowerCase();
    const found: { row: Row; order: string }[] = [];
    for (const row of await this.rowsOf('household', {})) {
      const visit = due.get(row.id);
      if (row['closed'] === true || !(asked ? isNamed(row, asked) : visit)) continue;
      found.push({ row, order: `${visit?.due ?? '9'} ${doorOrder(String(row['door'] ?? ''))}` });
    }
    found.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
    return found.slice(0, limit).map(({ row }) => ({ ...this.shown('household', row), ...due.get(row.id) }));
  }
  private async dueVisits(): Promise<Map<Id, { due: string; plan_id: Id }>> {
    const until = dayOf(this.outbox.room.env.now() + DUE_AHEAD_MS);
    const due = new Map<Id, { due: string; plan_id: Id }>();
    for (const plan of await this.rowsOf('visit_plan', { due_to: until })) {
      const household = plan['household_id'] as Id | undefined;
      if (household && !due.has(household)) due.set(household, { due: String(plan['due']), plan_id: plan.id });
    }
    return due;
  }
}

function isNamed(row: Row, asked: string): boolean {
  return ['door', 'contact_name', 'initials'].some((field) => String(row[field] ?? '').toLowerCase().includes(asked));
}
/** 2号 before 10号. */
const doorOrder = (door: string) => door.replace(/\d+/g, (digits) => digits.padStart(8, '0'));

const newestFirst = (a: Entry, b: Entry) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
const soonestFirst = (a: Entry, b: Entry) => (a.due < b.due ? -1 : a.due > b.due ? 1 : a.id < b.id ? -1 : 1);
