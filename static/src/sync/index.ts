/**
 * The sync engine: the only client code that touches the network. Also what a simulation drives.
 *
 * How to drive a phone from outside (Node, virtual clock and network; the bundle is the shipped one):
 *
 *   const env: Env = { now, setTimeout, clearTimeout, random, randomBytes, subtle, indexedDB, fetch, locks, channel,
 *                      ballast, device: { label, platform }, kdf_rounds: 1 };          // see store/env.ts
 *   const phone = createPhone(env);
 *   const opened = await phone.signIn('worker', 'gridwalk-demo');   // { store } | { problem }
 *   const { store } = opened;                                       // Store of store/api.ts
 *   await store.act({ name, payload, shows, hold_ms, … });          // a save; wakes the engine by itself
 *   await store.undo(mutation_id);
 *   await phone.engine.runOnce();      // one whole cycle: 'done' | 'failed' | 'stopped' | 'busy' | 'wiped'
 *   phone.engine.wake('online');       // an event of the outside; obeys backoff, runs by itself
 *   await phone.engine.idle();         // until no cycle runs; timers of env fire further ones
 *   store.status(); await store.outbox(); await store.list('record'); store.mirror.count(); store.mirror.streams();
 *
 * Offline: `env.fetch` rejects. Crash: never call the old phone again, drop env.locks, timers and channels, keep
 * `indexedDB`, then `createPhone(newEnv)` and `await phone.resume()`. A clone: copy the databases. `fetch` carries the
 * cookie: one jar per phone. Nothing here or in the store reads a clock, chance or network but through `env`.
 * To step by hand only: `phone.manual = true` before signing in; then nothing runs but `runOnce`. The page
 * sets `store_first`; without it `phone.engine` is there as soon as a store is.
 */
export type { Env } from '../store/index';
export { createPhone, LocalPhone } from './phone';
export { ALARM_TICK_MS, TICK_MS } from './ticks';
export type { Engine, RunResult, Wake } from './engine';
export { Backoff } from './backoff';
export { receiptHolds } from '../store/index';
