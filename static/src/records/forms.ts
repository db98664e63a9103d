/** Titles of the two ways back into a finished form. */
import type { Key } from '../text/text';

export const kindOfForm = (what: 'correct' | 'edit'): Key => (what === 'correct' ? 'record.correct_title' : 'record.edit_title');
