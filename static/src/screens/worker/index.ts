/** The piece of the app with which a record is made and read. */
import { effect } from '@preact/signals';
import { keepTidy } from '../../patrols/own_way';
import { store } from '../../shell/session';

export { default as EmergencyForm } from '../../duties/emergencies/form';
export { default as HazardForm } from '../../duties/hazards/form';
export { default as RelookForm } from '../../duties/hazards/relook';
export { default as InformationForm } from '../../duties/information/form';
export { default as MediationForm } from '../../duties/mediations/form';
export { default as StepForm } from '../../duties/mediations/step';
export { default as PublicityForm } from '../../duties/publicity/form';
export { default as VisitForm } from '../../duties/visits/form';
export { default as PatrolForm } from '../../patrols/form';
export { default as GridMap } from '../map';
export { FirstCards } from './first_cards';
export { default as Edit } from './edit';
export { default as Log } from './log';
export { default as OutsideForm } from './outside_form';
export { default as RecordPage } from './record';
export { default as Records } from './records';
export { default as TaskPage } from './task';
export { default as Tasks } from './tasks';
export { default as TodayNotes } from './today_notes';

effect(() => (store.value ? keepTidy(store.value) : undefined)); // this piece is fetched at every start, when the phone rests
