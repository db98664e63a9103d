/** The worker's turn at the outbox: the same engine as the page's, one cycle, under the same lock. */
import { browserEnv } from '../static/src/device/env';
import { createPhone } from '../static/src/sync/index';

export async function wakeEngine(): Promise<void> {
  const phone = createPhone(await browserEnv({ label: 'service worker', platform: navigator.userAgent.slice(0, 120) }));
  phone.manual = true;
  try {
    if (await phone.resume()) {
      const result = await phone.engine!.runOnce();
      // a rejected `sync` event makes the browser try again later by itself
      if (result === 'failed') throw new Error('not delivered yet');
    }
  } finally {
    await phone.close();
  }
}
