/**
 * One IndexedDB database behind whole transactions: `read` and `write` run a function inside one transaction and
 * answer after it has committed (a read: when its rows are there).
 *
 * Three troubles are met here and nowhere else. (1) Phones kill the connection in the background: the handle is dropped,
 * the database reopened and the transaction run again, so every function given to `write` must be safe to run twice.
 * (2) A full disk: the ballast file is given up, a new log begun, the database reopened, the write repeated once;
 * `onNoRoom` then tells the worker. A ballast inside IndexedDB would not do, it cannot be freed on a full disk. (3) The browser throws the
 * whole database away under an open page, as Chromium does on a full disk when it made no promise: it is not made anew
 * and empty, every later call is refused with `DatabaseLost`, and `onEmptied` tells the worker. (4) Another tab is newer
 * and upgrades the database: this one lets go of it at once and is refused from then on; an upgrade that fails leaves
 * everything as it was, and is refused with `DatabaseLost` too.
 */
import type { Env } from './env';
import type { Upgrade } from './schema';

export interface Tx<T> {
  get<N extends keyof T & string>(table: N, key: string | number): Promise<T[N] | undefined>;
  all<N extends keyof T & string>(table: N): Promise<T[N][]>;
  /** No answer: a failed put aborts the whole transaction. */
  put<N extends keyof T & string>(table: N, row: T[N]): void;
  delete<N extends keyof T & string>(table: N, key: string | number): void;
}
export interface Database<T> {
  /** a newer version of the app has upgraded the database: this page must be loaded anew */
  onOutdated?: () => void;

  read<R>(tables: (keyof T & string)[], work: (tx: Tx<T>) => Promise<R>): Promise<R>;
  /** `is_repeat`: an earlier run may have been committed although it failed. Strict durability unless `relaxed` (rows that the server can give again). */
  write<R>(tables: (keyof T & string)[], work: (tx: Tx<T>, is_repeat: boolean) => Promise<R>, relaxed?: boolean): Promise<R>;
  close(): void;
  destroy(): Promise<void>;
  readonly in_memory: boolean;
}
export class NoRoom extends Error {
  override name = 'NoRoom';
}
export class DatabaseLost extends Error {
  override name = 'DatabaseLost';
}

const KILLED = new Set(['InvalidStateError', 'UnknownError', 'AbortError', 'TransactionInactiveError']);
/** Chromium calls a full disk by its right name only when it opens; a write then fails as UnknownError with these words. */
const isFull = (error: unknown) => (error as Error | null)?.name === 'QuotaExceededError' || /NO_SPACE/.test((error as Error | null)?.message ?? '');
const isKilled = (error: unknown) => KILLED.has((error as Error | null)?.name ?? '');
/** A browser that forbids or has broken its storage has many names for it; all of them carry a number. */
const isShut = (error: unknown) => typeof (error as { code?: unknown } | null)?.code === 'number';

function answer<R>(request: IDBRequest<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

const THROWAWAY = 'gridwalk-new-log';
/**
 * A write cut off by a full disk leaves half a record in the log of Chromium's LevelDB. Opened again it goes on behind
 * that record, says "saved", and at the next start reads no further than to it: what was saved since is gone, or the
 * whole store. Deleting any database makes LevelDB write down what it holds and begin a new log; elsewhere it does no harm.
 */
export async function beginNewLog(env: Pick<Env, 'indexedDB'>): Promise<void> {
  if (!env.indexedDB) return;
  const request = env.indexedDB.open(THROWAWAY, 1);
  request.onupgradeneeded = () => void request.result.createObjectStore('empty');
  (await answer(request)).close();
  await answer(env.indexedDB.deleteDatabase(THROWAWAY) as unknown as IDBRequest<unknown>);
}

const CLOSED_LOOK_MS = 1000;
const BLOCKED_MS = 5000;

export class IndexedDatabase<T> implements Database<T> {
  readonly in_memory = false;
  onOutdated: () => void = () => {};
  private handle: Promise<IDBDatabase> | undefined;
  private closed = false;
  private was_open = false;

  constructor(
    private env: Pick<Env, 'indexedDB' | 'ballast' | 'setTimeout'>,
    readonly name: string,
    private upgrades: Upgrade[],
    private onNoRoom: () => void = () => {},
    private onEmptied: () => void = () => {},
  ) {}

  private open(): Promise<IDBDatabase> {
    if (this.closed) return Promise.reject(new DatabaseLost(this.name));
    this.handle ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = this.env.indexedDB!.open(this.name, this.upgrades.length);
      let is_emptied = false;
      let broken: unknown;
      let is_given_up = false;
      // another page does not let go of an older version: whoever starts is told, and need not wait for it
      request.onblocked = () =>
        this.env.setTimeout(() => {
          is_given_up = true;
          reject(new DatabaseLost(this.name));
        }, BLOCKED_MS);
      request.onupgradeneeded = (event) => {
        if (this.was_open && event.oldVersion === 0) {
          this.closed = is_emptied = true;
          return request.transaction!.abort();
        }
        try {
          for (const step of this.upgrades.slice(event.oldVersion)) step(request.result, request.transaction!);
        } catch (error) {
          broken = error;
          request.transaction!.abort(); // what lay there stays as it was
        }
      };
      request.onsuccess = () => {
        const database = request.result;
        if (is_given_up) return database.close();
        this.was_open = true;
        database.onclose = () => {
          this.drop();
          // is it still there? Not at once: on a full disk whoever was writing makes room first
          this.env.setTimeout(() => void this.open().catch(() => {}), CLOSED_LOOK_MS);
        };
        database.onversionchange = (event) => {
          database.close();
          this.drop();
          if (event.newVersion === null) this.closed = true; // deleted by another tab: do not make it anew
          else this.onOutdated();
        };
        resolve(database);
      };
      request.onerror = () => {
        const is_newer = request.error?.name === 'VersionError';
        reject(is_emptied || is_newer || broken ? new DatabaseLost(this.name, { cause: broken }) : request.error);
        if (is_newer) this.onOutdated();
        if (is_emptied) this.onEmptied();
      };
    });
    this.handle.catch(() => this.drop());
    return this.handle;
  }

  private drop(): void {
    const old = this.handle;
    this.handle = undefined;
    old?.then((database) => database.close()).catch(() => {});
  }

  private async once<R>(
    tables: string[],
    mode: IDBTransactionMode,
    options: IDBTransactionOptions,
    work: (tx: Tx<T>) => Promise<R>,
  ): Promise<R> {
    const transaction = (await this.open()).transaction(tables, mode, options);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? Object.assign(new Error('aborted'), { name: 'AbortError' }));
    });
    done.catch(() => {});
    let result: R;
    try {
      result = await work(asTx<T>(transaction));
    } catch (error) {
      try {
        transaction.abort();
      } catch {
        // it aborted by itself; its own error is the better one
        await done;
      }
      throw error;
    }
    if (mode === 'readwrite') await done;
    return result;
  }

  async read<R>(tables: (keyof T & string)[], work: (tx: Tx<T>) => Promise<R>): Promise<R> {
    try {
      return await this.once(tables, 'readonly', {}, work);
    } catch (error) {
      if (!isKilled(error)) throw error;
      this.drop();
      return this.once(tables, 'readonly', {}, work);
    }
  }

  async write<R>(tables: (keyof T & string)[], work: (tx: Tx<T>, is_repeat: boolean) => Promise<R>, relaxed = false): Promise<R> {
    const options: IDBTransactionOptions = { durability: relaxed ? 'relaxed' : 'strict' };
    let runs = 0;
    const attempt = () => this.once(tables, 'readwrite', options, (tx) => work(tx, runs++ > 0));
    try {
      return await attempt();
    } catch (first) {
      if (!isFull(first) && !isKilled(first)) throw isShut(first) ? new DatabaseLost(this.name, { cause: first }) : first;
      this.drop();
      if (!isFull(first)) {
        try {
          await beginNewLog(this.env);
          return await attempt();
        } catch (second) {
          if (!isFull(second) && !isKilled(second)) throw second;
          this.drop();
        }
      }
      return this.makeRoomAnd(attempt);
    }
  }

  private async makeRoomAnd<R>(attempt: () => Promise<R>): Promise<R> {
    await this.env.ballast.release().catch(() => false);
    this.onNoRoom();
    try {
      await beginNewLog(this.env);
      return await attempt();
    } catch (error) {
      this.drop();
      if (isFull(error)) throw new NoRoom(this.name, { cause: error });
      if (isKilled(error)) throw new DatabaseLost(this.name, { cause: error });
      throw error;
    }
  }

  close(): void {
    this.drop();
    this.closed = true;
  }

  async destroy(): Promise<void> {
    this.close();
    await answer(this.env.indexedDB!.deleteDatabase(this.name) as unknown as IDBRequest<unknown>);
  }
}

function asTx<T>(transaction: IDBTransaction): Tx<T> {
  return {
    get: (table, key) => answer(transaction.objectStore(table).get(key)),
    all: (table) => answer(transaction.objectStore(table).getAll()),
    put: (table, row) => void transaction.objectStore(table).put(row),
    delete: (table, key) => void transaction.objectStore(table).delete(key),
  };
}

const in_page = new WeakMap<object, Map<string, MemoryDatabase<never>>>();
/** The database of this name as long as the page lives: whoever signs in again, or comes back, finds what is unsent. */
export function memoryDatabase<T>(page: object, name: string, keys: Record<string, string>): MemoryDatabase<T> {
  const all = in_page.get(page) ?? new Map<string, MemoryDatabase<never>>();
  in_page.set(page, all);
  if (!all.has(name)) all.set(name, new MemoryDatabase(keys));
  return all.get(name) as unknown as MemoryDatabase<T>;
}

/** The same door in memory, for browsers that can keep nothing. Transactions run one after another, all or nothing. */
export class MemoryDatabase<T> implements Database<T> {
  readonly in_memory = true;
  private tables = new Map<string, Map<string | number, unknown>>();
  private tail: Promise<unknown> = Promise.resolve();

  constructor(private keys: Record<string, string>) {}

  private run<R>(work: (tx: Tx<T>) => Promise<R>): Promise<R> {
    const next = this.tail.then(() => this.once(work));
    this.tail = next.catch(() => {});
    return next;
  }
  private async once<R>(work: (tx: Tx<T>) => Promise<R>): Promise<R> {
    const before = new Map([...this.tables].map(([name, rows]) => [name, new Map(rows)]));
    const table = (name: string) => {
      if (!this.tables.has(name)) this.tables.set(name, new Map());
      return this.tables.get(name)!;
    };
    const tx: Tx<T> = {
      get: async (name, key) => table(name).get(key) as never,
      all: async (name) => [...table(name).values()] as never,
      put: (name, row) => void table(name).set((row as Record<string, string>)[this.keys[name]!]!, row),
      delete: (name, key) => void table(name).delete(key),
    };
    try {
      return await work(tx);
    } catch (error) {
      this.tables = before;
      throw error;
    }
  }
  read<R>(_: string[], work: (tx: Tx<T>) => Promise<R>): Promise<R> {
    return this.run(work);
  }
  write<R>(_: string[], work: (tx: Tx<T>, is_repeat: boolean) => Promise<R>): Promise<R> {
    return this.run((tx) => work(tx, false));
  }
  close(): void {}
  async destroy(): Promise<void> {
    this.tables.clear();
  }
}
