/**
 * The mirror of the server: sealed pages of up to 80 rows, each of one stream and one kind, with one clear index row
 * per page (ids, versions, states, due days in columns). Why an index row per page and not per object:
 * docs/decisions/0003-an-index-row-per-page.md.
 *
 * Only the engine writes here, under the person's lock, one answer of the server per transaction, together with the
 * cursor. Screens read: the index answers which pages a list needs, pages are opened and kept open when asked for.
 */
import type { Id, Row } from './api';
import { unlessSpoilt } from './codec';
import type { Tx } from './db';
import { MirrorChange } from './mirror_change';
import type { Room } from './outbox';
import { fromIndex, matches, mayMatch, newestOf, objectKey, pagePlace, sizeOf } from './pages';
import type { Committed, Found, Page, Where } from './pages';
import type { PageIndexRow, Tables } from './schema';

export const OPEN_PAGES = 150;

export class Mirror {
  private pages = new Map<number, Page>();
  private open_pages = new Map<number, Row[]>();
  private opening = new Map<number, Promise<void>>();
  private where_is: Map<string, number> | undefined;
  private last_page = 0;
  private reading: Promise<void> | undefined;
  /** pages that no longer open: shown as empty until the engine drops them and reads the feed anew (sync/pull.ts) */
  readonly spoilt = new Set<number>();
  /** -1: the index was not read yet, a start may do without */
  rev = -1;
  /** the state on the disk at which the index was left unread */
  spared_at = -1;

  constructor(private room: Room) {}

  /** Reads the index, once, when somebody first asks for rows. */
  async ready(): Promise<void> {
    if (this.rev >= 0) return;
    this.reading ??= this.load().finally(() => (this.reading = undefined));
    await this.reading;
  }
  /** Reads the index again unless it is what we know, or `spared` says that nobody needs it yet. */
  async load(spared?: (tx: Tx<Tables>) => Promise<boolean>): Promise<void> {
    for (;;) {
      const before = this.rev;
      const found = await this.room.db.read(['meta', 'page_index', 'settings'], async (tx) => {
        const rev = ((await tx.get('meta', 'mirror')) as { rev?: number } | undefined)?.rev ?? 0;
        if (rev === before) return undefined;
        if (await spared?.(tx)) return void (this.spared_at = rev);
        return { rev, rows: await tx.all('page_index') };
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
    this.spoilt.clear();
    this.where_is = undefined;
    this.last_page = Math.max(0, ...this.pages.keys());
  }

  count(): number {
    let rows = 0;
    for (const page of this.pages.values()) rows += sizeOf(page);
    return rows;
  }
  streams(): Set<string> {
    return new Set([...this.pages.values()].map((page) => page.stream));
  }

  /** Index entries of one kind, in no order. */
  find(kind: string, where: Where): Found[] {
    const found: Found[] = [];
    for (const page of this.pages.values()) if (page.kind === kind && mayMatch(where, page)) this.findIn(page, where, found);
    return found;
  }
  private findIn(page: Page, where: Where, found: Found[]): void {
    const { ids, states, dues, stream } = page;
    ids.forEach((id, at) => {
      const entry = { id, stream, state: states[at]!, due: dues[at]!, page: page.page, at };
      if (matches(where, entry)) found.push(entry);
    });
  }
  /** The newest entries of one kind, newest first; pages in which everything is older are passed over. */
  newest(kind: string, where: Where, limit: number): Found[] {
    const pages: { page: Page; newest: Id }[] = [];
    for (const page of this.pages.values()) if (page.kind === kind && mayMatch(where, page)) pages.push({ page, newest: newestOf(page) });
    pages.sort((a, b) => (a.newest < b.newest ? 1 : -1));
    let found: Found[] = [];
    for (const { page, newest } of pages) {
      if (found.length >= limit && newest < found[limit - 1]!.id) break;
      this.findIn(page, where, found);
      found = found.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
    }
    return found;
  }

  private locate(kind: string, id: Id): Page | undefined {
    if (!this.where_is) {
      this.where_is = new Map();
      for (const page of this.pages.values()) for (const one of page.ids) this.where_is.set(objectKey(page.kind, one), page.page);
    }
    const page = this.where_is.get(objectKey(kind, id));
    return page === undefined ? undefined : this.pages.get(page);
  }
  versionOf(kind: string, id: Id): number | undefined {
    const page = this.locate(kind, id);
    return page?.versions[page.ids.indexOf(id)];
  }
  async get(kind: string, id: Id): Promise<Row | undefined> {
    await this.ready();
    const page = this.locate(kind, id);
    if (!page) return undefined;
    const rows = await this.rowsOf(page.page);
    return rows.find((row) => row.id === id);
  }

  /** The rows of one page; kept open, the least recently asked page is closed first. */
  async rowsOf(page: number): Promise<Row[]> {
    for (;;) {
      const there = this.open_pages.get(page);
      if (there) {
        this.open_pages.delete(page);
        this.open_pages.set(page, there);
        return there;
      }
      await this.openPages([page]); // not open afterwards: changed while we were opening it
    }
  }
  /** Opens several pages, as many as are kept open, with one look at the disk; one that somebody is opening is waited for. */
  async openPages(pages: number[]): Promise<void> {
    const missing = [...new Set(pages)].filter((page) => !this.open_pages.has(page) && !this.opening.has(page)).slice(0, OPEN_PAGES);
    if (missing.length) {
      const reading = this.readPages(missing).finally(() => missing.forEach((page) => this.opening.delete(page)));
      for (const page of missing) this.opening.set(page, reading);
    }
    await Promise.all(pages.map((page) => this.opening.get(page)));
  }
  private async readPages(pages: number[]): Promise<void> {
    const { rev } = this;
    const reading = this.room.db.read(['pages'], (tx) => Promise.all(pages.map((page) => tx.get('pages', page))));
    const opening = reading.then((sealed) => Promise.all(sealed.map((kept, at) => (kept ? this.room.codec.open<Row[]>(pagePlace(pages[at]!), kept.box) : []))));
    const opened = await unlessSpoilt(opening);
    if (!opened && pages[1]) return void (await Promise.all(pages.map((page) => this.readPages([page])))); // which of them is it?
    if (this.rev !== rev) return;
    if (!opened) this.spoilt.add(pages[0]!);
    pages.forEach((page, at) => this.keepOpen(page, opened?.[at] ?? []));
  }
  private keepOpen(page: number, rows: Row[]): void {
    this.open_pages.set(page, rows);
    if (this.open_pages.size > OPEN_PAGES) this.open_pages.delete(this.open_pages.keys().next().value!);
  }

  /** Starts a change of several pages; nothing is seen or stored before `commit`. */
  change(): MirrorChange {
    return new MirrorChange(this, this.room, this.last_page);
  }
  /** For a change only: the pages as they are, and after its commit what became of them. */
  inner(): ReadonlyMap<number, Page> {
    return this.pages;
  }
  pageOf(kind: string, id: Id): number | undefined {
    return this.locate(kind, id)?.page;
  }
  accept({ edited, emptied, moved, rev, last_page }: Committed): void {
    for (const [number, { page, rows }] of edited) {
      this.pages.set(number, page);
      this.open_pages.delete(number);
      this.keepOpen(number, rows);
    }
    for (const number of emptied) {
      this.pages.delete(number);
      this.spoilt.delete(number);
      this.open_pages.delete(number);
    }
    for (const [name, page] of moved) {
      if (page === undefined) this.where_is?.delete(name);
      else this.where_is?.set(name, page);
    }
    this.rev = rev;
    this.last_page = last_page;
  }
}
