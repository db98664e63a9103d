/** What the hand, the ear and the eye are told after a save; the same for every form. */
import type { Id, SaveResult, Store } from '../store/api';
import { answerRefused, answerSaved } from '../device/vibrate';
import { t } from '../text/text';
import { toast } from '../ui/toast';

export const HOLD_MS = 5000;

/** Answers a save; true when it is safe on the phone (or, in words, only in memory). `before` is said before why it is not. */
export function tellSaved(result: SaveResult, words?: string, before = ''): boolean {
  if (!result.saved) {
    answerRefused();
    toast(`${before}${t(`save.${result.reason}`)}`, { ms: 8000 });
    return false;
  }
  answerSaved();
  if (result.in_memory_only) toast(t('save.in_memory'), { ms: 8000 });
  else toast(words ?? t('save.done'));
  return true;
}

/** A held act with its undo. `after` runs when the undo came in time. */
export function tellHeld(store: Store, mutation_id: Id, words: string, after: () => void): void {
  answerSaved();
  const late = () => toast(t('undo.too_late'));
  toast(words, {
    ms: HOLD_MS,
    action: { label: t('act.undo'), testid: 'undo', more: (said, n) => t('undo.more', { words: said, n }), run: () => { void store.undo(mutation_id).then((back) => (back ? after() : late())); } },
  });
}
