/** Without Web Locks a lease in IndexedDB lets one tab write; it ends by itself after a crash. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { browserLocks } from '../../../static/src/device/locks';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the lease', () => {
  it('lets one of two tabs in, and the other after it', async () => {
    const [first, second] = [browserLocks(), browserLocks()];
    const order: string[] = [];
    let finish = () => {};
    const running = first.tryRun('a', () => new Promise<void>((resolve) => {
      order.push('first');
      finish = resolve;
    }));
    await vi.waitFor(() => expect(order).toEqual(['first']));
    expect(await second.tryRun('a', async () => void order.push('second'))).toBe(false);
    expect(await second.tryRun('b', async () => void order.push('other name'))).toBe(true);
    finish();
    expect(await running).toBe(true);
    expect(await second.tryRun('a', async () => void order.push('second'))).toBe(true);
    expect(order).toEqual(['first', 'other name', 'second']);
  });
  it('is free again after the work failed, and half a minute after a crash', async () => {
    const [first, second] = [browserLocks(), browserLocks()];
    await expect(first.tryRun('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await second.tryRun('a', async () => {})).toBe(true);
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    let began = false;
    void first.tryRun('a', () => new Promise<void>(() => (began = true))); // dies holding it: its renewals never run
    await vi.waitFor(() => expect(began).toBe(true));
    expect(await second.tryRun('a', async () => {})).toBe(false);
    vi.setSystemTime(Date.now() + 31_000);
    expect(await second.tryRun('a', async () => {})).toBe(true);
  });
});
