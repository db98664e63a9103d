/** The worker's turn at the outbox: the same engine as the page's, one cycle, under the same lock. */
import { browserEnv } from '../static/src/device/env';
import { createPhone } from '../static/src/sync/index';
import { leaveAll } from './leaving';

const awake = new Set<() => Promise<void>>();

export async function wakeEngine(): Promise<void> {
  const phone = createPhone(await browserEnv({ label: 'service worker', platform: navigator.userAgent.slice(0, 120) }));
  phone.manual = true;
  const close = () => phone.close();
  awake.add(close);
  try {
    if (await phone.resume()) {
      const result = await phone.engine!.runOnce();
      // a rejected `sync` event makes the browser try again later by itself
      if (result === 'failed') throw new Error('not delivered yet');
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
