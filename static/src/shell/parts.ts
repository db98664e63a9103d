/**
 * Every screen that is not on the first page, in a few pieces that are fetched when first shown, and quietly beforehand
 * when the phone idles. Few pieces, because each shared set of files between pieces costs a request and 300 bytes.
 */
import type { ComponentType } from 'preact';
import { lazy, type LazyPart } from '../ui/lazy';
import { PartMissing } from './part_missing';

const work = () => import('../screens/worker/index');
const lead = () => import('../screens/leader/index');
const settings = () => import('./settings');
const alarm = () => import('../screens/callout/index');
export const lock = () => import('../lock/index');

function of<M, P extends object>(piece: () => Promise<M>, pick: (module: M) => ComponentType<P> | ((props: P) => unknown)): LazyPart<P> {
  return lazy<P>(async () => ({ default: pick(await piece()) as ComponentType<P> }), PartMissing);
}

export const Tasks = of(work, (m) => m.Tasks);
export const TaskPage = of(work, (m) => m.TaskPage);
export const Log = of(work, (m) => m.Log);
export const Records = of(work, (m) => m.Records);
export const FirstCards = of(work, (m) => m.FirstCards);
export const TodayNotes = of(work, (m) => m.TodayNotes);
export const RecordPage = of(work, (m) => m.RecordPage);
export const Edit = of(work, (m) => m.Edit);
export const EmergencyForm = of(work, (m) => m.EmergencyForm);
export const HazardForm = of(work, (m) => m.HazardForm);
export const RelookForm = of(work, (m) => m.RelookForm);
export const InformationForm = of(work, (m) => m.InformationForm);
export const MediationForm = of(work, (m) => m.MediationForm);
export const StepForm = of(work, (m) => m.StepForm);
export const PublicityForm = of(work, (m) => m.PublicityForm);
export const OutsideForm = of(work, (m) => m.OutsideForm);
export const VisitForm = of(work, (m) => m.VisitForm);
export const PatrolForm = of(work, (m) => m.PatrolForm);

export const Approvals = of(lead, (m) => m.Approvals);
export const GridMap = of(work, (m) => m.GridMap);
export const Dispatch = of(lead, (m) => m.Dispatch);
export const TeamScreen = of(lead, (m) => m.TeamScreen);

export const CalloutStrip = of(alarm, (m) => m.CalloutStrip);

export const LockScreen = of(lock, (m) => m.LockScreen);
export const Welcome = of(lock, (m) => m.Welcome);
export const ChoosePin = of(lock, (m) => m.ChoosePin);
export const Broken = of(settings, (m) => m.Broken);
export const SignIn = of(settings, (m) => m.SignIn);
export const Notice = of(settings, (m) => m.Notice);
export const OutboxSheet = of(settings, (m) => m.OutboxSheet);
export const PlainBar = of(settings, (m) => m.PlainBar);
export const PersonSheet = of(settings, (m) => m.PersonSheet);
export const Me = of(settings, (m) => m.Me);
export const MyData = of(settings, (m) => m.MyData);
export const OwnFixes = of(settings, (m) => m.OwnFixes);

/** One after the other, so that the first taps of the person come first. */
export function fetchSoon(): void {
  const idle = (run: () => void) => ('requestIdleCallback' in window ? requestIdleCallback(run, { timeout: 3000 }) : setTimeout(run, 800));
  const later = () => idle(() => { OutboxSheet.preload().catch(() => {}); }); // whoever leads a grid gets their screens with it: lead_ahead.ts
  idle(() => { Log.preload().then(later, () => {}); });
}
