/** The clear side of the mirror: columns of a page's index row, and what of a row goes into them. */
import type { Id, Row } from './api';
import { dayOf } from './ids';
import type { PageIndexRow } from './schema';

export const PAGE_ROWS = 80;
const DIGIT = /\d/;
const DAY = /^\d{4}-\d\d-\d\d$/;

export interface Page {
  page: number;
  stream: string;
  kind: string;
  ids: Id[];
  versions: number[];
  states: string[];
  dues: string[];
  /** the columns as they are kept, while nothing was changed: most pages are passed over by a look at their text */
  kept?: PageIndexRow | undefined;
}
/** What became of the pages in one commit; `moved` says where rows are now, undefined = nowhere. */
export interface Committed {
  edited: Map<number, { page: Page; rows: Row[] }>;
  emptied: Set<number>;
  moved: Map<string, number | undefined>;
  rev: number;
  last_page: number;
}
/** What a change needs of the mirror. */
export interface Mirrored {
  readonly rev: number;
  inner(): ReadonlyMap<number, Page>;
  pageOf(kind: string, id: Id): number | undefined;
  rowsOf(page: number): Promise<Row[]>;
  accept(done: Committed): void;
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
  const body = row['body'] as (Looked & { revisit_on?: unknown }) | undefined;
  let first = earlier('', row['due']);
  if (review?.status === 'waiting') first = earlier(first, review.due);
  return body ? earlier(earlier(first, lookAgainOn(body)), body.revisit_on) : first;
}
interface Looked {
  relook_on?: string;
  relooks?: { at: number; outcome: string; next_on?: string }[];
}
/** When a hazard is to be looked at again. A look that names no day leaves one that is still ahead; fixed leaves none. */
export function lookAgainOn({ relook_on, relooks }: Looked): string | undefined {
  return (relooks ?? []).reduce((due, { at, outcome, next_on }) => (outcome === 'fixed' ? '' : (next_on ?? (due > dayOf(at) ? due : ''))), relook_on ?? '');
}
function earlier(first: string, said: unknown): string {
  const day = typeof said === 'number' ? dayOf(said) : said;
  if (typeof day !== 'string' || !DAY.test(day)) return first;
  return first === '' || day < first ? day : first;
}
export function matches(where: Where, found: Pick<Found, 'stream' | 'state' | 'due'>): boolean {
  if (where.stream !== undefined && found.stream !== where.stream) return false;
  if (where.state !== undefined && !found.state.split(' ').includes(where.state)) return false;
  return where.due_to === undefined || (found.due !== '' && found.due <= where.due_to);
}

export const objectKey = (kind: string, id: Id) => `${kind}:${id}`;
export const pagePlace = (page: number) => `page/${page}`;
const lines = (text: string) => text.split('\n');

/** A page whose columns are split when somebody asks for them: at the start most pages are not. */
class KeptPage implements Page {
  readonly page: number;
  readonly stream: string;
  readonly kind: string;
  private split: Partial<Pick<Page, 'ids' | 'versions' | 'states' | 'dues'>> = {};

  constructor(readonly kept: PageIndexRow) {
    this.page = kept.page;
    this.stream = kept.stream;
    this.kind = kept.kind;
  }
  get ids(): Id[] {
    return (this.split.ids ??= lines(this.kept.ids));
  }
  get versions(): number[] {
    return (this.split.versions ??= lines(this.kept.versions).map(Number));
  }
  get states(): string[] {
    return (this.split.states ??= lines(this.kept.states));
  }
  get dues(): string[] {
    return (this.split.dues ??= lines(this.kept.dues));
  }
}
export function fromIndex(row: PageIndexRow): Page {
  return new KeptPage(row);
}
/** The greatest id of a page; ids begin with the time they were made. */
export function newestOf(page: Page): Id {
  return page.kept?.newest ?? page.ids.reduce((newest, id) => (id > newest ? id : newest), '');
}
/** How many rows it holds. */
export function sizeOf(page: Page): number {
  return page.kept?.size ?? page.ids.length;
}
/** Whether any row of the page can match; false is certain. */
export function mayMatch(where: Where, { stream, kept }: Page): boolean {
  if (where.stream !== undefined && stream !== where.stream) return false;
  if (!kept) return true;
  if (where.state !== undefined && !kept.states.includes(where.state)) return false;
  return where.due_to === undefined || DIGIT.test(kept.dues);
}
export function toIndex(page: Page): PageIndexRow {
  return {
    page: page.page,
    stream: page.stream,
    kind: page.kind,
    ids: page.ids.join('\n'),
    versions: page.versions.join('\n'),
    states: page.states.join('\n'),
    dues: page.dues.join('\n'),
    size: page.ids.length,
    newest: newestOf(page),
  };
}

/** Sets the columns and the row at one place of a page. */
export function write(page: Page, rows: Row[], at: number, row: Row): void {
  page.kept = undefined;
  page.ids[at] = row.id;
  page.versions[at] = row.version ?? 0;
  page.states[at] = stateOf(row);
  page.dues[at] = dueOf(row);
  rows[at] = row;
}
