import { describe, expect, it } from 'vitest';
import { leave } from '../../../static/src/shell/session';
import { foldToasts, hush, shown, type Toast } from '../../../static/src/ui/toast';

const act = { label: '撤回', run: () => {} };
const undo = (id: number): Toast => ({ id, text: `act ${id}`, action: act });
const plain = (id: number): Toast => ({ id, text: `said ${id}` });

describe('toasts over a card to be judged', () => {
  it('several undos take one line: the newest, with the number behind it', () => {
    expect(foldToasts([undo(3), undo(2), undo(1)])).toEqual({ plain: undefined, act: undo(3), behind: 2 });
  });
  it('once the newest is gone the one before comes up', () => {
    expect(foldToasts([undo(2), undo(1)])).toEqual({ plain: undefined, act: undo(2), behind: 1 });
    expect(foldToasts([undo(1)])).toEqual({ plain: undefined, act: undo(1), behind: 0 });
  });
  it('an answer without an act stands beside the undo, and of two only the newer', () => {
    expect(foldToasts([plain(4), undo(3), plain(2), undo(1)])).toEqual({ plain: plain(4), act: undo(3), behind: 1 });
    expect(foldToasts([])).toEqual({ plain: undefined, act: undefined, behind: 0 });
  });
  it('nothing that was only said lies over the numbers to call; an undo stays for its five seconds', () => {
    shown.value = [plain(3), undo(2), plain(1)];
    hush();
    expect(shown.value).toEqual([undo(2)]);
  });
  it('what one person did, and its undo, does not stand before the next person or a lock', () => {
    shown.value = [plain(2), undo(1)];
    leave();
    expect(shown.value).toEqual([]);
  });
});
