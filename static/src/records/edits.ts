/** Refused acts that have a form in which they can be said again. */
const FORMS = ['hazards.report', 'hazards.relook', 'visits.report', 'emergencies.report', 'patrols.report', 'publicity.report', 'information.report', 'mediations.report', 'records.correct', 'households.save'];

export const canEdit = (name: string): boolean => FORMS.includes(name);
