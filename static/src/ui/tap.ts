/**
 * Taps within 300 ms on one button count once: wet glass, gloves and shaking hands press twice. A save or a decision counts
 * once until it is done and 400 ms longer, for by then another card or button may stand under the same finger.
 */
import { useRef } from 'preact/hooks';

export const TAP_GAP_MS = 300;
export const ACT_GAP_MS = 400;

let acted_at = -Infinity;
/** Something was just saved or decided. */
export const noteAct = (): void => { acted_at = performance.now(); };
/** Swallows a tap that was meant for what stood here before; for bars whose buttons take each other's place. */
export function ignoreEcho(event: Event): void {
  if (performance.now() - acted_at < ACT_GAP_MS) event.stopPropagation();
}

/** `run` may answer a promise: then it is an act. */
export function once<A extends unknown[]>(run: (...args: A) => unknown, now: () => number = () => performance.now()): (...args: A) => void {
  let next = -Infinity;
  return (...args) => {
    if (now() < next) return;
    next = now() + TAP_GAP_MS;
    const act = run(...args);
    if (!(act instanceof Promise)) return;
    next = Infinity;
    void act.finally(() => { next = now() + ACT_GAP_MS; noteAct(); });
  };
}

/** `once` that lives as long as the button and always runs the newest function. */
export function useTap(run: ((event: Event) => unknown) | undefined): (event: Event) => void {
  const newest = useRef(run);
  newest.current = run;
  const guarded = useRef<(event: Event) => void>();
  guarded.current ??= once((event: Event) => newest.current?.(event));
  return guarded.current;
}
