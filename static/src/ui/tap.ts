/**
 * Taps within 300 ms on one button count once: wet glass, gloves and shaking hands press twice. A save or a decision counts
 * once until it is done and 400 ms longer, for by then another card or button may stand under the same finger.
 */
import { useRef } from 'preact/hooks';

export const TAP_GAP_MS = 300;
export const ACT_GAP_MS = 400;

let acted_at = -Infinity;
let changed_at = -Infinity;
/** Another screen, or a sheet, has just come or gone. */
export const noteChange = (): void => { changed_at = performance.now(); };
/** Something was just saved or decided. */
export const noteAct = (): void => { acted_at = changed_at = performance.now(); };
/** Swallows a tap that was meant for what stood here before; for bars whose buttons take each other's place. */
export function ignoreEcho(event: Event): void {
  if (performance.now() - acted_at < ACT_GAP_MS) event.stopPropagation();
}

/** as far as a finger strays that taps twice on one spot */
const SPOT_PX = 32;
const TARGETS = 'a,button,label,input,textarea,select';
interface Last { at: Element; x: number; y: number; time: number; there: WeakSet<Element> }
let last: Last | undefined;

/**
 * The second tap of a hand that shakes, or of one that waits for a slow phone, reaches what has come in place of what was
 * tapped: a draft would be thrown away, a ground chosen that nobody read. It counts for nothing where what lies under it
 * now is new, or the screen has changed, and nobody could have seen that yet. Keys and scripts are no fingers.
 */
export function swallowEchoes(page: Document): void {
  page.addEventListener('click', (event) => {
    const at = (event.target as Element).closest(TARGETS);
    if (!at || !event.detail) return;
    const { clientX: x, clientY: y, timeStamp: time } = event;
    const isSpot = last && last.at !== at && Math.hypot(last.x - x, last.y - y) <= SPOT_PX;
    if (isSpot && (changed_at >= last!.time || !last!.there.has(at)) && time < Math.max(last!.time, changed_at) + ACT_GAP_MS) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    last = { at, x, y, time, there: new WeakSet(page.querySelectorAll(TARGETS)) };
  }, true);
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
