/**
 * The mirror of the server: sealed pages of up to 80 rows, each of one stream and one kind, with one clear index row
 * per page (ids, versions, states, due days in columns). Why an index row per page and not per object:
 * docs/decisions/0003-an-index-row-per-page.md.
 *
 * Only the engine writes here, under the person's lock, one answer of the server per transaction, together with the
 * cursor. Screens read: the index answers which pages a list needs, pages are opened and kept open when asked for.
 */
import type { Id, Row } from './api';
import { dayOf } from './ids';
import type { Room } from './outbox';
import type { PageIndexRow, Tables } from './schema';
import type { Tx } from './db';

export const PAGE_ROWS = 80;
const OPEN_PAGES = 150;
const DAY = /^\d{4}-\d\d-\d\d$/;

interface Page {
  page: number;
  stream: string;
  kind: string;
  ids: Id[];
  versions: number[];
  states: string[];
  dues: string[];
}
export interface Where {
  stream?: string;
  state?: string;
  due_to?: string;
}
export interface Found {
  id: Id;
  stream: string;
  state: string;
  due: string;
  page: number;
  at: number;
}
/** One stream of a pull. */
export interface StreamBlock {
  stream: string;
  from: number;
  to: number;
  put?: Record<string, Row[]>;
  gone?: Record<string, { id: Id; reason?: string }[]>;
  moved?: { kind: string; id: Id; to: string }[];
}

/** The words a list can ask for: the row's own state and the state of its review. */
export function stateOf(row: Row): string {
  const review = row['review'] as { status?: string } | undefined;
  const own = typeof row['state'] === 'string' ? row['state'] : '';
  const status = typeof review?.status === 'string' ? review.status : '';
  return own && status ? `${own} ${status}` : own || status;
}
/** The earliest day on which this row wants something, or ''. */
export function dueOf(row: Row): string {
  const review = row['review'] as { due?: unknown; status?: string } | undefined;
  const body = row['body'] as { relook_on?: unknown } | undefined;
  let first = earlier('', row['due']);
  if (review?.status === 'waiting') first = earlier(first, review.due);
  return body ? earlier(first, body.relook_on) : first;
}
function earlier(first: string, said: unknown): string {
  if (said === undefined || said === null) return first;
  const day = typeof said === 'number' ? dayOf(said) : said;
  if (typeof day !== 'string' || !DAY.test(day)) return first;
  return first === '' || day < first ? day : first;
}
export function matches(where: Where, found: Pick<Found, 'stream' | 'state' | 'due'>): boolean {
  if (where.stream !== undefined && found.stream !== where.stream) return false;
  if (where.state !== undefined && !found.state.split(' ').includes(where.state)) return false;
  return where.due_to === undefined || (found.due !== '' && found.due <= where.due_to);
}

const key = (kind: string, id: Id) => `${kind}:${id}`;
const place = (page: number) => `page/${page}`;
const lines = (text: string) => text.split('\n');

function fromIndex(row: PageIndexRow): Page {
  const { page, stream, kind } = row;
  const ids = lines(row.ids);
  return { page, stream, kind, ids, versions: lines(row.versions).map(Number), states: lines(row.states), dues: lines(row.dues) };
}
function toIndex(page: Page): PageIndexRow {
  return {
    page: page.page,
    stream: page.stream,
    kind: page.kind,
    ids: page.ids.join('\n'),
    versions: page.versions.join('\n'),
    states: page.states.join('\n'),
    dues: page.dues.join('\n'),
  };
}

export class Mirror {
  private pages = new Map<number, Page>();
  private open_pages = new Map<number, Row[]>();
  private where_is: Map<string, number> | undefined;
  private last_page = 0;
  rev = -1;

  constructor(private room: Room) {}

  /** Reads the index again unless it is what we know. */
  async load(): Promise<void> {
    for (;;) {
      const before = this.rev;
      const found = await this.room.db.read(['meta', 'page_index'], async (tx) => {
        const rev = ((await tx.get('meta', 'mirror')) as { rev?: number } | undefined)?.rev ?? 0;
        return rev === before ? undefined : { rev, rows: await tx.all('page_index') };
      });
      if (!found) return;
      if (this.rev !== before) continue; // this tab committed while we were reading
      this.rev = found.rev;
      return this.take(found.rows);
    }
  }
  private take(rows: PageIndexRow[]): void {
    this.pages = new Map(rows.map((row) => [row.page, fromIndex(row)]));
    this.open_pages.clear();
    this.where_is = undefined;
    this.last_page = Math.max(0, ...this.pages.keys());
  }

  count(): number {
    let rows = 0;
    for (const page of this.pages.values()) rows += page.ids.length;
    return rows;
  }
  streams(): Set<string> {
    return new Set([...this.pages.values()].map((page) => page.stream));
  }

  /** Index entries of one kind, in no order. */
  find(kind: string, where: Where): Found[] {
    const found: Found[] = [];
    for (const page of this.pages.values()) {
      if (page.kind !== kind) continue;
      page.ids.forEach((id, at) => {
        const entry = { id, stream: page.stream, state: page.states[at]!, due: page.dues[at]!, page: page.page, at };
        if (matches(where, entry)) found.push(entry);
      });
    }
    return found;
  }

  private locate(kind: string, id: Id): Page | undefined {
    if (!this.where_is) {
      this.where_is = new Map();
      for (const page of this.pages.values()) for (const one of page.ids) this.where_is.set(key(page.kind, one), page.page);
    }
    const page = this.where_is.get(key(kind, id));
    return page === undefined ? undefined : this.pages.get(page);
  }
  versionOf(kind: string, id: Id): number | undefined {
    const page = this.locate(kind, id);
    return page?.versions[page.ids.indexOf(id)];
  }
  async get(kind: string, id: Id): Promise<Row | undefined> {
    const page = this.locate(kind, id);
    if (!page) return undefined;
    const rows = await this.rowsOf(page.page);
    return rows.find((row) => row.id === id);
  }

  /** The rows of one page; kept open, the least recently asked page is closed first. */
  async rowsOf(page: number): Promise<Row[]> {
    const there = this.open_pages.get(page);
    if (there) {
      this.open_pages.delete(page);
      this.open_pages.set(page, there);
      return there;
    }
    const sealed = await this.room.db.read(['pages'], (tx) => tx.get('pages', page));
    if (!sealed) return [];
    const rows = await this.room.codec.open<Row[]>(place(page), sealed.box);
    this.keepOpen(page, rows);
    return rows;
  }
  private keepOpen(page: number, rows: Row[]): void {
    this.open_pages.set(page, rows);
    if (this.open_pages.size > OPEN_PAGES) this.open_pages.delete(this.open_pages.keys().next().value!);
  }

  /** Starts a change of several pages; nothing is seen or stored before `commit`. */
  change(): MirrorChange {
    return new MirrorChange(this, this.room, this.last_page);
  }
  /** @internal for MirrorChange */
  inner() {
    return { pages: this.pages, locate: (kind: string, id: Id) => this.locate(kind, id) };
  }
  /** @internal after a commit */
  accept(changed: Map<number, { page: Page; rows: Row[] }>, emptied: number[], moved: Map<string, number | undefined>, rev: number, last: number): void {
    for (const [number, { page, rows }] of changed) {
      this.pages.set(number, page);
      this.open_pages.delete(number);
      this.keepOpen(number, rows);
    }
    for (const number of emptied) {
      this.pages.delete(number);
      this.open_pages.delete(number);
    }
    for (const [name, page] of moved) {
      if (page === undefined) this.where_is?.delete(name);
      else this.where_is?.set(name, page);
    }
    this.rev = rev;
    this.last_page = last;
  }
}

/** Puts and removals gathered over pages, then sealed and written at once. */
export class MirrorChange {
  private edited = new Map<number, { page: Page; rows: Row[] }>();
  private emptied = new Set<number>();
  /** where rows put or removed by this change are; undefined = removed */
  private moved = new Map<string, number | undefined>();
  private room_in = new Map<string, number>();
  readonly kinds = new Set<string>();

  constructor(
    private mirror: Mirror,
    private room: Room,
    private last_page: number,
  ) {
    for (const page of mirror.inner().pages.values()) {
      if (page.ids.length < PAGE_ROWS) this.room_in.set(key(page.stream, page.kind), page.page);
    }
  }

  private async edit(number: number): Promise<{ page: Page; rows: Row[] }> {
    const there = this.edited.get(number);
    if (there) return there;
    const page = this.mirror.inner().pages.get(number)!;
    const copy = {
      page: { ...page, ids: [...page.ids], versions: [...page.versions], states: [...page.states], dues: [...page.dues] },
      rows: [...(await this.mirror.rowsOf(number))],
    };
    this.edited.set(number, copy);
    return copy;
  }
  private find(kind: string, id: Id): number | undefined {
    const name = key(kind, id);
    return this.moved.has(name) ? this.moved.get(name) : this.mirror.inner().locate(kind, id)?.page;
  }
  private streamOf(number: number): string {
    return (this.edited.get(number)?.page ?? this.mirror.inner().pages.get(number)!).stream;
  }

  async put(stream: string, kind: string, row: Row): Promise<void> {
    this.kinds.add(kind);
    const number = this.find(kind, row.id);
    if (number !== undefined && this.streamOf(number) === stream) {
      const { page, rows } = await this.edit(number);
      write(page, rows, page.ids.indexOf(row.id), row);
      return;
    }
    if (number !== undefined) await this.take(number, kind, row.id);
    const { page, rows } = await this.pageWithRoom(stream, kind);
    write(page, rows, page.ids.length, row);
    this.moved.set(key(kind, row.id), page.page);
    if (page.ids.length >= PAGE_ROWS) this.room_in.delete(key(stream, kind));
  }
  private async pageWithRoom(stream: string, kind: string): Promise<{ page: Page; rows: Row[] }> {
    const there = this.room_in.get(key(stream, kind));
    if (there !== undefined) return this.edit(there);
    this.last_page += 1;
    const fresh: Page = { page: this.last_page, stream, kind, ids: [], versions: [], states: [], dues: [] };
    this.room_in.set(key(stream, kind), fresh.page);
    this.edited.set(fresh.page, { page: fresh, rows: [] });
    return this.edited.get(fresh.page)!;
  }
  private async take(number: number, kind: string, id: Id): Promise<void> {
    const { page, rows } = await this.edit(number);
    const at = page.ids.indexOf(id);
    for (const column of [page.ids, page.versions, page.states, page.dues, rows]) column.splice(at, 1);
    this.moved.set(key(kind, id), undefined);
    this.room_in.set(key(page.stream, page.kind), number);
  }

  /** Removes a row, but only from this stream: it may have been put into another one already. */
  async remove(stream: string, kind: string, id: Id): Promise<void> {
    this.kinds.add(kind);
    const number = this.find(kind, id);
    if (number !== undefined && this.streamOf(number) === stream) await this.take(number, kind, id);
  }

  /** Takes every row of these streams away (left my scope). */
  purge(streams: Set<string>): void {
    for (const page of this.mirror.inner().pages.values()) {
      if (!streams.has(page.stream)) continue;
      this.kinds.add(page.kind);
      this.emptied.add(page.page);
      this.edited.delete(page.page);
      for (const id of page.ids) this.moved.set(key(page.kind, id), undefined);
      if (this.room_in.get(key(page.stream, page.kind)) === page.page) this.room_in.delete(key(page.stream, page.kind));
    }
  }

  /** After a whole feed was read from its beginning: what it did not name is no longer there. */
  async keepOnly(seen: Set<string>): Promise<void> {
    for (const page of [...this.mirror.inner().pages.values()]) {
      if (this.emptied.has(page.page)) continue;
      for (const id of page.ids) {
        if (!seen.has(`${page.stream}|${key(page.kind, id)}`)) await this.remove(page.stream, page.kind, id);
      }
    }
  }

  async commit(also: (tx: Tx<Tables>) => void): Promise<void> {
    for (const [number, { page }] of this.edited) if (!page.ids.length) this.emptied.add(number);
    for (const number of this.emptied) this.edited.delete(number);
    const changed = [...this.edited.values()];
    const boxes = await Promise.all(changed.map(({ page, rows }) => this.room.codec.seal(place(page.page), rows)));
    const rev = this.mirror.rev + 1;
    await this.room.db.write(
      ['meta', 'pages', 'page_index'],
      async (tx) => {
        changed.forEach(({ page }, at) => {
          tx.put('pages', { page: page.page, box: boxes[at]! });
          tx.put('page_index', toIndex(page));
        });
        for (const number of this.emptied) {
          tx.delete('pages', number);
          tx.delete('page_index', number);
        }
        tx.put('meta', { name: 'mirror', rev });
        also(tx);
      },
      true,
    );
    this.mirror.accept(this.edited, [...this.emptied], this.moved, rev, this.last_page);
  }
}

function write(page: Page, rows: Row[], at: number, row: Row): void {
  page.ids[at] = row.id;
  page.versions[at] = row.version ?? 0;
  page.states[at] = stateOf(row);
  page.dues[at] = dueOf(row);
  rows[at] = row;
}

/** One answer of the server laid into a change; `seen` gathers what a reading from the beginning names. */
export async function layBlocks(change: MirrorChange, blocks: StreamBlock[], seen?: Set<string>): Promise<void> {
  for (const block of blocks) {
    for (const [kind, rows] of Object.entries(block.put ?? {})) {
      for (const row of rows) {
        await change.put(block.stream, kind, row);
        seen?.add(`${block.stream}|${key(kind, row.id)}`);
      }
    }
    for (const [kind, rows] of Object.entries(block.gone ?? {})) {
      for (const { id } of rows) await change.remove(block.stream, kind, id);
    }
    for (const { kind, id } of block.moved ?? []) await change.remove(block.stream, kind, id);
  }
}
