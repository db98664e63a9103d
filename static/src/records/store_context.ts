/** How a screen reaches the store of the person on the phone, and stays fresh when anything changes. */
import { createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { Store } from '../store/api';

export const StoreContext = createContext<Store | undefined>(undefined);

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error('a screen was drawn without a store');
  return store;
}

interface Ahead { read: unknown; store: Store; answer: unknown; is_old: boolean; stop: () => void }
let ahead: Ahead | undefined;
/** Asks what a screen will ask first, before it is drawn: a slow phone then draws once instead of twice. */
export async function askAhead<T>(store: Store, read: (store: Store) => Promise<T>): Promise<void> {
  const asked: Ahead = { read, store, answer: undefined, is_old: false, stop: store.onChange((changed) => { if (!isOnlyStatus(changed)) asked.is_old = true; }) };
  try {
    asked.answer = await read(store);
  } catch (problem) {
    console.error(problem);
    return asked.stop(); // the screen asks again by itself
  }
  ahead = asked;
}
function takeAhead(read: unknown, store: Store): Ahead | undefined {
  const there = ahead;
  if (!there || there.read !== read || there.store !== store) return undefined;
  ahead = undefined;
  return there;
}
/** How the sending stands is no row: the frame shows it, no list does. */
const isOnlyStatus = (changed: Set<string>): boolean => changed.size === 1 && changed.has('status');

/**
 * The newest answer of `read`; asked again whenever a row of `kinds` changed (every change when none is named).
 * An answer that was asked ahead is there at once.
 * While one read is under way, further changes ask for just one more.
 */
export function useLive<T>(read: (store: Store) => Promise<T>, kinds: string[] = [], depends: unknown[] = []): T | undefined {
  const store = useStore();
  const early = useRef<Ahead | undefined>(undefined);
  const [answer, setAnswer] = useState<T | undefined>(() => { early.current = takeAhead(read, store); return early.current?.answer as T | undefined; });
  const newest = useRef(read);
  newest.current = read;
  useEffect(() => {
    let alive = true, busy = false, again = false;
    const ask = async () => {
      if (busy) { again = true; return; }
      busy = true;
      do {
        again = false;
        try {
          const fresh = await newest.current(store);
          if (alive) setAnswer(() => fresh);
        } catch (problem) { console.error(problem); }
      } while (again && alive);
      busy = false;
    };
    early.current?.stop();
    if (!early.current || early.current.is_old) void ask();
    early.current = undefined;
    const stop = store.onChange((changed) => { if ((!kinds.length && !isOnlyStatus(changed)) || !changed.size || kinds.some((kind) => changed.has(kind))) void ask(); });
    return () => { alive = false; stop(); };
  }, [store, ...depends]);
  return answer;
}
