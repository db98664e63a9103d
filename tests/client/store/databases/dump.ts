/** A phone's databases as JSON: of every version that was ever shipped one lies beside this file, keys and all. */
import { webcrypto } from 'node:crypto';
import { KEYS } from '../../../../static/src/store/schema';
import { PHONE_KEYS } from '../../../../static/src/store/people';
import { Browser } from '../../phone_env';

type Rows = Record<string, unknown>[];
export interface Dump {
  version: number;
  tables: Record<string, { key: string; rows: Rows }>;
}
const AES = { name: 'AES-GCM', length: 256 };

/** A browser that lets keys out, so that its databases can be written down. */
export class OpenBrowser extends Browser {
  override env() {
    const env = super.env();
    const { subtle } = env;
    const openly: Partial<Record<keyof SubtleCrypto, unknown>> = {
      importKey: (format: 'raw', raw: BufferSource, kind: AlgorithmIdentifier, _: boolean, uses: KeyUsage[]) => subtle.importKey(format, raw, kind, (kind as Algorithm).name === 'AES-GCM', uses),
    };
    env.subtle = new Proxy(subtle, { get: (real, name: keyof SubtleCrypto) => openly[name] ?? (real[name] as () => unknown).bind(real) });
    return env;
  }
}

export function answerOf<R>(request: { result: R; onsuccess: unknown; onerror: unknown; error: unknown }): Promise<R> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export async function dump(disk: IDBFactory): Promise<Record<string, Dump>> {
  const found: Record<string, Dump> = {};
  for (const { name } of await disk.databases()) {
    const database = await answerOf(disk.open(name!));
    const tables: Dump['tables'] = {};
    for (const table of database.objectStoreNames) {
      const store = database.transaction(table).objectStore(table);
      const rows = (await answerOf(store.getAll())) as Rows;
      tables[table] = { key: store.keyPath as string, rows: (await Promise.all(rows.map(written))) as Rows };
    }
    found[name!] = { version: database.version, tables };
    database.close();
  }
  return found;
}
export async function restore(disk: IDBFactory, dumps: Record<string, Dump>): Promise<void> {
  for (const [name, { version, tables }] of Object.entries(dumps)) {
    const request = disk.open(name, version);
    request.onupgradeneeded = () => { for (const [table, { key }] of Object.entries(tables)) request.result.createObjectStore(table, { keyPath: key }); };
    const database = await answerOf(request);
    for (const [table, { rows }] of Object.entries(tables)) {
      const read = await Promise.all(rows.map(readBack));
      const store = database.transaction(table, 'readwrite').objectStore(table);
      await Promise.all(read.map((row) => answerOf(store.put(row))));
    }
    database.close();
  }
}

/** Bytes and keys get a name in JSON. */
async function written(value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (value instanceof CryptoKey) return { $key: Buffer.from(await webcrypto.subtle.exportKey('raw', value as never)).toString('base64') };
  return each(value, written);
}
async function readBack(value: unknown): Promise<unknown> {
  const { $bytes, $key } = (value ?? {}) as { $bytes?: string; $key?: string };
  if ($bytes !== undefined) return new Uint8Array(Buffer.from($bytes, 'base64'));
  if ($key !== undefined) return webcrypto.subtle.importKey('raw', Buffer.from($key, 'base64'), AES, false, ['encrypt', 'decrypt']);
  return each(value, readBack);
}
async function each(value: unknown, how: (inner: unknown) => Promise<unknown>): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map(how));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([name, inner]) => [name, await how(inner)] as const)));
}

/** Tables of the present version, for whoever asks whether a dump has them all. */
export const TABLES = { person: Object.keys(KEYS), phone: Object.keys(PHONE_KEYS) };
