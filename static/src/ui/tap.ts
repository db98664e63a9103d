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

let tellFailed = (): void => {};
/** What is said of an act that ended in an error nobody has put into words. */
export const whenActFails = (tell: () => void): void => { tellFailed = tell; };

/** `run` may answer a promise: then it is an act. Answers what `run` did, or nothing. */
export function once<A extends unknown[]>(run: (...args: A) => unknown, now: () => number = () => performance.now()): (...args: A) => unknown {
  let next = -Infinity;
  return (...args) => {
    if (now() < next) return undefined;
    next = now() + TAP_GAP_MS;
    const act = run(...args);
    if (!(act instanceof Promise)) return undefined;
    next = Infinity;
    const failed = (problem: unknown) => { console.error(problem); tellFailed(); };
    const over = () => { next = now() + ACT_GAP_MS; noteAct(); };
    void act.catch(failed).finally(over);
    return act;
  };
}

/** `once` that lives as long as the button, or the buttons that share it, and always runs the newest function. */
export function useTap<A extends unknown[]>(run: ((...args: A) => unknown) | undefined): (...args: A) => unknown {
  const newest = useRef(run);
  newest.current = run;
  const guarded = useRef<(...args: A) => unknown>();
  guarded.current ??= once((...args: A) => newest.current?.(...args));
  return guarded.current;
}
