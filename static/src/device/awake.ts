/** Keeps the screen on while a patrol runs; the lock is lost in the background and asked again on return. */
import { useEffect } from 'preact/hooks';

export function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let wanted = true;
    const ask = async () => {
      if (!wanted || document.visibilityState !== 'visible' || !navigator.wakeLock) return;
      try {
        lock = await navigator.wakeLock.request('screen');
        if (!wanted) await lock.release();
      } catch { /* battery saver says no: the patrol goes on */ }
    };
    void ask();
    document.addEventListener('visibilitychange', ask);
    return () => { wanted = false; document.removeEventListener('visibilitychange', ask); void lock?.release(); };
  }, []);
}
