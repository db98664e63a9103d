/** Taps within 300 ms on one button count once: wet glass, gloves and shaking hands press twice. */
import { useRef } from 'preact/hooks';

export const TAP_GAP_MS = 300;

export function once<A extends unknown[]>(run: (...args: A) => void, now: () => number = () => performance.now()): (...args: A) => void {
  let last = -Infinity;
  return (...args) => {
    const at = now();
    if (at - last < TAP_GAP_MS) return;
    last = at;
    run(...args);
  };
}

/** `once` that lives as long as the button and always runs the newest function. */
export function useTap(run: ((event: Event) => void) | undefined): (event: Event) => void {
  const newest = useRef(run);
  newest.current = run;
  const guarded = useRef<(event: Event) => void>();
  guarded.current ??= once((event: Event) => newest.current?.(event));
  return guarded.current;
}
