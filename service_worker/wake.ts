/** The worker's turn at the outbox: the same engine as the page's, under the same lock. */
import { browserEnv } from '../static/src/device/env';
import { createPhone } from '../static/src/sync/index';
import { leaveAll, unlessLeft } from './leaving';

/** longer than the seconds of undo: the page that would send what is held, or is sending now, may be gone before it has */
const AGAIN_MS = 6000;
const awake = new Set<() => Promise<void>>();

export async function wakeEngine(): Promise<void> {
  const phone = createPhone(await browserEnv({ label: 'service worker', platform: navigator.userAgent.slice(0, 120) }));
  phone.manual = true;
  const close = () => phone.close();
  awake.add(close);
  try {
    const store = await phone.resume();
    if (store) {
      const { env, outbox_state } = store;
      const run = () => phone.engine!.runOnce();
      let result = await run();
      if (result === 'busy' || outbox_state.holds.size) {
        await unlessLeft(new Promise<void>((again) => void env.setTimeout(again, AGAIN_MS)));
        result = await run();
      }
      const waits = outbox_state.holds.size + outbox_state.queued('urgent').length + outbox_state.queued('normal').length;
      // a rejected `sync` event makes the browser try again later by itself
      if (result === 'failed' || result === 'busy' || (result === 'done' && waits)) throw new Error('not delivered yet');
    }
  } finally {
    awake.delete(close);
    await close();
  }
}

/** A new version is to take over: a call on a dead link is cut now; the page that loads anew goes on with the outbox. */
export function leaveOff(): void {
  leaveAll();
  for (const close of awake) void close();
}
