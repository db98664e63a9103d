/**
 * A change of the mirror: puts, removals and purges gathered over pages, then sealed and written in one transaction.
 * Nothing of it is seen before.
 */
import type { Id, Row } from './api';
import type { Tx } from './db';
import type { Room } from './outbox';
import { RECALL } from './recall';
import { PAGE_ROWS, objectKey, pagePlace, sizeOf, toIndex, write } from './pages';
import type { Mirrored, Page, StreamBlock } from './pages';
import type { Tables } from './schema';

/** Somebody else has written the mirror meanwhile: a tab that was frozen past its lease, or an earlier run of this write. */
export class MirrorMoved extends Error {
  override name = 'MirrorMoved';
}

export class MirrorChange {
  private edited = new Map<number, { page: Page; rows: Row[] }>();
  private emptied = new Set<number>();
  /** where rows put or removed by this change are; undefined = removed */
  private moved = new Map<string, number | undefined>();
  private room_in = new Map<string, number>();
  readonly kinds = new Set<string>();
  /** what this change was made over: a tab that has heard of another's pages meanwhile may not write over them either */
  private readonly over: number;

  constructor(
    private mirror: Mirrored,
    private room: Room,
    private last_page: number,
  ) {
    this.over = mirror.rev;
    for (const page of mirror.inner().values()) {
      if (sizeOf(page) < PAGE_ROWS) this.room_in.set(objectKey(page.stream, page.kind), page.page);
    }
  }

  private async edit(number: number): Promise<{ page: Page; rows: Row[] }> {
    const there = this.edited.get(number);
    if (there) return there;
    const page = this.mirror.inner().get(number)!;
    const copy = {
      page: { page: number, stream: page.stream, kind: page.kind, ids: [...page.ids], versions: [...page.versions], states: [...page.states], dues: [...page.dues] },
      rows: [...(await this.mirror.rowsOf(number))],
    };
    this.edited.set(number, copy);
    return copy;
  }
  private find(kind: string, id: Id): number | undefined {
    const name = objectKey(kind, id);
    return this.moved.has(name) ? this.moved.get(name) : this.mirror.pageOf(kind, id);
  }
  private streamOf(number: number): string {
    return (this.edited.get(number)?.page ?? this.mirror.inner().get(number)!).stream;
  }

  /** Answers a promise only when a page must be opened first: a first sync puts 10,000 rows that need none. */
  put(stream: string, kind: string, row: Row): Promise<void> | undefined {
    this.kinds.add(kind);
    const number = this.find(kind, row.id);
    if (number !== undefined) return this.putOver(number, stream, kind, row);
    const there = this.openWithRoom(stream, kind);
    if (!there) return this.putOver(undefined, stream, kind, row);
    this.append(there, stream, kind, row);
    return undefined;
  }
  private async putOver(number: number | undefined, stream: string, kind: string, row: Row): Promise<void> {
    if (number !== undefined && this.streamOf(number) === stream) {
      const { page, rows } = await this.edit(number);
      write(page, rows, page.ids.indexOf(row.id), row);
      return;
    }
    if (number !== undefined) await this.take(number, kind, row.id);
    const room = this.room_in.get(objectKey(stream, kind));
    this.append(this.openWithRoom(stream, kind) ?? (await this.edit(room!)), stream, kind, row);
  }
  private append({ page, rows }: { page: Page; rows: Row[] }, stream: string, kind: string, row: Row): void {
    write(page, rows, page.ids.length, row);
    this.moved.set(objectKey(kind, row.id), page.page);
    if (page.ids.length >= PAGE_ROWS) this.room_in.delete(objectKey(stream, kind));
  }
  /** The page where a new row goes; undefined when it must be opened first. */
  private openWithRoom(stream: string, kind: string): { page: Page; rows: Row[] } | undefined {
    const there = this.room_in.get(objectKey(stream, kind));
    if (there !== undefined) return this.edited.get(there);
    this.last_page += 1;
    const fresh: Page = { page: this.last_page, stream, kind, ids: [], versions: [], states: [], dues: [] };
    this.room_in.set(objectKey(stream, kind), fresh.page);
    this.edited.set(fresh.page, { page: fresh, rows: [] });
    return this.edited.get(fresh.page)!;
  }
  private async take(number: number, kind: string, id: Id): Promise<void> {
    const { page, rows } = await this.edit(number);
    const at = page.ids.indexOf(id);
    for (const column of [page.ids, page.versions, page.states, page.dues, rows]) column.splice(at, 1);
    this.moved.set(objectKey(kind, id), undefined);
    this.room_in.set(objectKey(page.stream, page.kind), number);
  }

  /** Removes a row, but only from this stream: it may have been put into another one already. */
  async remove(stream: string, kind: string, id: Id): Promise<void> {
    this.kinds.add(kind);
    const number = this.find(kind, id);
    if (number !== undefined && this.streamOf(number) === stream) await this.take(number, kind, id);
  }

  /** Takes every row of these streams (left my scope) or pages (no longer open) away, and opens none of them. */
  purge(gone: ReadonlySet<string | number>): void {
    for (const page of this.mirror.inner().values()) {
      if (!gone.has(page.stream) && !gone.has(page.page)) continue;
      this.kinds.add(page.kind);
      this.emptied.add(page.page);
      this.edited.delete(page.page);
      for (const id of page.ids) this.moved.set(objectKey(page.kind, id), undefined);
      if (this.room_in.get(objectKey(page.stream, page.kind)) === page.page) this.room_in.delete(objectKey(page.stream, page.kind));
    }
  }

  /** After a whole feed was read from its beginning: what it did not name is no longer there. */
  async keepOnly(seen: Set<string>): Promise<void> {
    for (const page of [...this.mirror.inner().values()]) {
      if (this.emptied.has(page.page)) continue;
      for (const id of page.ids) {
        if (!seen.has(`${page.stream}|${objectKey(page.kind, id)}`)) await this.remove(page.stream, page.kind, id);
      }
    }
  }

  async commit(also: (tx: Tx<Tables>) => void): Promise<void> {
    for (const [number, { page }] of this.edited) if (!page.ids.length) this.emptied.add(number);
    for (const number of this.emptied) this.edited.delete(number);
    const changed = [...this.edited.values()];
    const boxes = await Promise.all(changed.map(({ page, rows }) => this.room.codec.seal(pagePlace(page.page), rows)));
    const rev = this.over + 1;
    await this.room.db.write(
      ['meta', 'pages', 'page_index', 'settings'],
      async (tx) => {
        const there = ((await tx.get('meta', 'mirror')) as { rev?: number } | undefined)?.rev ?? 0;
        if (there !== rev - 1) throw new MirrorMoved(); // nothing is written, the cursor neither: the next try reads again
        changed.forEach(({ page }, at) => {
          tx.put('pages', { page: page.page, box: boxes[at]! });
          tx.put('page_index', toIndex(page));
        });
        for (const number of this.emptied) {
          tx.delete('pages', number);
          tx.delete('page_index', number);
        }
        tx.put('meta', { name: 'mirror', rev });
        tx.delete('settings', RECALL);
        also(tx);
      },
      true,
    );
    const { edited, emptied, moved, last_page } = this;
    this.mirror.accept({ edited, emptied, moved, rev, last_page });
  }
}

/** One answer of the server laid into a change; `seen` gathers what a reading from the beginning names. */
export async function layBlocks(change: MirrorChange, blocks: StreamBlock[], seen?: Set<string>): Promise<void> {
  for (const block of blocks) {
    for (const [kind, rows] of Object.entries(block.put ?? {})) {
      for (const row of rows) {
        const opening = change.put(block.stream, kind, row);
        if (opening) await opening;
        seen?.add(`${block.stream}|${objectKey(kind, row.id)}`);
      }
    }
    for (const [kind, rows] of Object.entries(block.gone ?? {})) {
      for (const { id } of rows) await change.remove(block.stream, kind, id);
    }
    for (const { kind, id } of block.moved ?? []) await change.remove(block.stream, kind, id);
  }
}
