/**
 * Short answers above the bottom bar, with one act beside them (undo). Read aloud as a polite status.
 * Never more than two lines of them: what is below is a photo to be judged. Of several acts the newest is offered, with
 * the number of those behind it; when it is taken or its time is over, the one before comes up.
 */
import { signal } from '@preact/signals';
import { Button } from './button';
import type { IconName } from './icons';

export interface ToastAction {
  label: string;
  icon?: IconName;
  testid?: string;
  run: () => void;
  /** the text when `n` older acts stand behind this one */
  more?: (text: string, n: number) => string;
}
export interface Toast {
  id: number;
  text: string;
  action?: ToastAction | undefined;
}

export const shown = signal<Toast[]>([]);
/** How many sheets stand open: nothing behind them can be reached, an undo neither, so they show the answers. */
export const sheets = signal(0);
let next = 1;

const drop = (id: number) => { shown.value = shown.value.filter((one) => one.id !== id); };

/** Shows `text` for `ms`; returns a function that takes it away sooner. */
export function toast(text: string, options: { ms?: number; action?: ToastAction } = {}): () => void {
  const id = next++;
  shown.value = [{ id, text, action: options.action }, ...shown.value]; // newest first
  setTimeout(() => drop(id), options.ms ?? 3000);
  return () => drop(id);
}

/** Takes away what only said that something was done: the numbers to call stand below it now. */
export const hush = (): void => { shown.value = shown.value.filter((one) => one.action); };

/** What is drawn of all that still stands, newest first: the newest answer without an act, the newest act, and how many acts are behind it. */
export function foldToasts(standing: Toast[]): { plain: Toast | undefined; act: Toast | undefined; behind: number } {
  const acts = standing.filter((one) => one.action);
  return { plain: standing.find((one) => !one.action), act: acts[0], behind: Math.max(0, acts.length - 1) };
}

export function Toasts({ inSheet = false }: { inSheet?: boolean }) {
  if (inSheet !== sheets.value > 0) return null;
  const { plain, act, behind } = foldToasts(shown.value);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {act && ( // one button for whichever is newest: a hand that shakes does not take back two
        <div class="toast" key="act">
          <span class="grow">{behind && act.action?.more ? act.action.more(act.text, behind) : act.text}</span>
          <Button icon={act.action?.icon ?? 'undo'} data-testid={act.action?.testid} onTap={() => { drop(act.id); act.action?.run(); }}>{act.action?.label}</Button>
        </div>
      )}
      {plain && <div class="toast" key={plain.id}><span class="grow">{plain.text}</span></div>}
    </div>
  );
}
