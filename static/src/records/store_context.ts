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

/**
 * The newest answer of `read`; asked again whenever a row of `kinds` changed (every change when none is named).
 * While one read is under way, further changes ask for just one more.
 */
export function useLive<T>(read: (store: Store) => Promise<T>, kinds: string[] = [], depends: unknown[] = []): T | undefined {
  const store = useStore();
  const [answer, setAnswer] = useState<T>();
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
    void ask();
    const stop = store.onChange((changed) => { if (!kinds.length || !changed.size || kinds.some((kind) => changed.has(kind))) void ask(); });
    return () => { alive = false; stop(); };
  }, [store, ...depends]);
  return answer;
}
