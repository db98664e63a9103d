/**
 * Everything the store and the engine take from outside, in one object, so that the page, the service worker and a
 * simulation with a virtual clock and network run the very same code. No module of `store/` or `sync/` may reach for
 * Date.now, setTimeout, Math.random, fetch, crypto or navigator by itself.
 */
export interface LockManagerLike {
  /** Runs `work` alone under `name`; answers false at once when somebody else holds it. */
  tryRun(name: string, work: () => Promise<void>): Promise<boolean>;
}
export interface ChannelLike {
  post(message: unknown): void;
  close(): void;
}
/** 4 MB kept aside so that a full disk still leaves room for a text record. */
export interface BallastLike {
  /**
   * true when the ballast lies on the disk afterwards, false where there is no place for one; throws when the disk is
   * full. Not `may_try`: only looks whether it is there.
   */
  fill(may_try: boolean): Promise<boolean>;
  /** true when there was a ballast and it is gone now */
  release(): Promise<boolean>;
}
export interface Env {
  /** ms UTC by this phone's clock */
  now(): number;
  setTimeout(call: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** uniform in [0, 1) */
  random(): number;
  randomBytes(length: number): Uint8Array<ArrayBuffer>;
  subtle: SubtleCrypto;
  /** absent: this browser cannot keep anything */
  indexedDB?: IDBFactory;
  fetch(url: string, init?: RequestInit): Promise<Response>;
  locks: LockManagerLike;
  /** Messages to and from the other tabs and the service worker of this phone, never echoed to the sender. */
  channel(name: string, onMessage: (message: unknown) => void): ChannelLike;
  ballast: BallastLike;
  storage?(): Promise<{ used: number; quota: number; persisted: boolean }>;
  gzip?(bytes: Uint8Array): Promise<Uint8Array>;
  /** what this phone is linked by ('wifi', 'cellular' …); undefined where the browser does not tell */
  link?(): string | undefined;
  /** what the list of devices shows */
  device: { label: string; platform: string };
  /** rounds of PBKDF2 for the copy of the key behind the password; 600 000 unless given */
  kdf_rounds?: number;
}
