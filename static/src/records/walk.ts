/** Which of the drafts is a walk. */
import type { Draft } from '../store/api';

/** A walk under way; a patrol that is being corrected is none. */
export const isRunningPatrol = (draft: Draft): boolean => draft.form === 'patrol' && !draft.body.correcting && !draft.body.replaces;
