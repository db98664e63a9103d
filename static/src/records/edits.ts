import type { OutboxItem } from '../store/api';

/** Refused acts that have a form in which they can be said again. */
const FORMS = ['hazards.report', 'hazards.relook', 'visits.report', 'emergencies.report', 'patrols.report', 'publicity.report', 'information.report', 'mediations.report', 'records.correct', 'households.save'];

/** Of one that the server has but for a photo, only the record's author sends another, and no look has a correction. */
export const canEdit = ({ name, bad_photos, payload }: OutboxItem): boolean => FORMS.includes(name) && !(bad_photos && (payload.hazard_id || payload.on_behalf));
