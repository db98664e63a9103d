/**
 * Pictures that are no longer needed here: what has been durable for 14 days, and what nothing has named for as long (of
 * acts that were let go, of drafts whose row was never written). By the server's clock alone; the engine's hourly work.
 */
import { readDrafts } from './keepsakes';
import { KEEP_AFTER_DURABLE_MS } from './outbox';
import type { Outbox } from './outbox';
import { changePhoto, forget, isNamed } from './photos';
import type { PhotoState } from './schema';

const shasOf = (states: PhotoState[]) => states.map((state) => state.sha256);

export async function sweepPhotos(outbox: Outbox): Promise<void> {
  const now = outbox.server_time;
  if (!now) return;
  const states = [...outbox.photos.values()];
  const unnamed = new Set(states.filter((state) => !isNamed(outbox, state.sha256)));
  const durable = states.filter((state) => unnamed.has(state) && state.state === 'held' && (state.durable_at ?? now) + KEEP_AFTER_DURABLE_MS < now);
  if (durable.length) await forget(outbox, shasOf(durable));

  const drafts = JSON.stringify((await readDrafts(outbox)).map(({ body }) => body));
  const isIdle = (state: PhotoState) => state.state !== 'held' && unnamed.has(state) && !drafts.includes(state.sha256);
  const named = states.filter((state) => state.idle_since && !isIdle(state));
  const fresh = states.filter((state) => !state.idle_since && isIdle(state));
  const over = states.filter((state) => isIdle(state) && (state.idle_since ?? now) + KEEP_AFTER_DURABLE_MS < now);
  await changePhoto(outbox, shasOf(named), ({ idle_since: _over, ...state }) => state);
  await changePhoto(outbox, shasOf(fresh), (state) => ({ ...state, idle_since: now }));
  if (over.length) await forget(outbox, shasOf(over), (state) => state.idle_since !== undefined);
}
