/** Short answers above the bottom bar, with one act beside them (undo). Read aloud as a polite status. */
import { signal } from '@preact/signals';
import { Button } from './button';
import type { IconName } from './icons';

interface Toast {
  id: number;
  text: string;
  action?: { label: string; icon?: IconName; testid?: string; run: () => void } | undefined;
}

const shown = signal<Toast[]>([]);
let next = 1;

/** Shows `text` for `ms`; returns a function that takes it away sooner. */
export function toast(text: string, options: { ms?: number; action?: Toast['action'] } = {}): () => void {
  const id = next++;
  const remove = () => { shown.value = shown.value.filter((one) => one.id !== id); };
  shown.value = [{ id, text, action: options.action }, ...shown.value.slice(0, 1)]; // newest first: it stands lowest, nearest to the thumb
  setTimeout(remove, options.ms ?? 3000);
  return remove;
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.value.map((one) => (
        <div class="toast" key={one.id}>
          <span class="grow">{one.text}</span>
          {one.action && (
            <Button icon={one.action.icon ?? 'undo'} data-testid={one.action.testid}
              onTap={() => { shown.value = shown.value.filter((other) => other.id !== one.id); one.action?.run(); }}>{one.action.label}</Button>
          )}
        </div>
      ))}
    </div>
  );
}
