/** Watches for input while somebody is in; after five minutes without any, hidden or not, the lock falls. */
import type { Store } from '../store/api';
import { lastStep, mustLock, type Watched } from './rules';

const LOOK_MS = 5000;
const INPUT = ['pointerdown', 'keydown', 'input', 'touchmove', 'wheel'] as const;

/** Answers how to stop. */
export function watchIdle(store: Store, lock: () => void, now: () => number = () => Date.now()): () => void {
  const seen: Watched = { touched_at: now() };
  const look = () => { if (mustLock(now(), seen)) lock(); };
  const touch = () => { look(); seen.touched_at = now(); }; // a frozen page wakes with the tap: too late is too late
  const shown = () => { if (document.visibilityState === 'visible') look(); };
  const isPicker = (event: Event) => event.target instanceof HTMLInputElement && event.target.type === 'file';
  const pick = (event: Event) => { if (isPicker(event)) seen.picking_since = now(); };
  const picked = (event: Event) => { if (isPicker(event)) { seen.picking_since = undefined; seen.touched_at = now(); } };
  const readWalk = () => void store.drafts('patrol').then((drafts) => { seen.walked_at = lastStep(drafts); }, () => {});
  readWalk();
  const stopDrafts = store.onChange((kinds) => { if (kinds.has('draft')) readWalk(); });
  const timer = setInterval(look, LOOK_MS);
  const quiet = { capture: true, passive: true };
  const heard: [string, (event: Event) => void][] = [...INPUT.map((name): [string, () => void] => [name, touch]), ['click', pick], ['change', picked], ['cancel', picked]];
  for (const [name, ear] of heard) addEventListener(name, ear, quiet);
  document.addEventListener('visibilitychange', shown);
  return () => {
    clearInterval(timer);
    stopDrafts();
    for (const [name, ear] of heard) removeEventListener(name, ear, quiet);
    document.removeEventListener('visibilitychange', shown);
  };
}
