/** A word from the page that had to go to the one that is loaded after it: the data of a person was cleared here. */
const NAME = 'gridwalk-gone';

export function noteGone(): void {
  try { sessionStorage.setItem(NAME, '1'); } catch { /* then the page after it has nothing to say */ }
}

/** True once after `noteGone`. */
export function wasGone(): boolean {
  try {
    const is_gone = sessionStorage.getItem(NAME) === '1';
    if (is_gone) sessionStorage.removeItem(NAME);
    return is_gone;
  } catch { return false; }
}
