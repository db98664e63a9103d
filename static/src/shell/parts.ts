/** Every screen that is not on the first page is fetched when first shown, and quietly beforehand when the phone idles. */
import { lazy } from '../ui/lazy';
import { PartMissing } from './part_missing';

export const SignIn = lazy(() => import('./sign_in'), PartMissing);
export const Notice = lazy(() => import('./notice'), PartMissing);
export const OutboxSheet = lazy(() => import('./outbox_sheet'), PartMissing);
export const PersonSheet = lazy(() => import('./person_sheet'), PartMissing);
export const Tasks = lazy(() => import('../screens/worker/tasks'), PartMissing);
export const Log = lazy(() => import('../screens/worker/log'), PartMissing);
export const Records = lazy(() => import('../screens/worker/records'), PartMissing);
export const RecordPage = lazy(() => import('../screens/worker/record'), PartMissing);
export const Edit = lazy(() => import('../screens/worker/edit'), PartMissing);
export const Me = lazy(() => import('../screens/worker/me'), PartMissing);
export const OwnFixes = lazy(() => import('../screens/worker/own_fixes'), PartMissing);
export const HazardForm = lazy(() => import('../duties/hazards/form'), PartMissing);
export const RelookForm = lazy(() => import('../duties/hazards/relook'), PartMissing);
export const VisitForm = lazy(() => import('../duties/visits/form'), PartMissing);
export const PatrolForm = lazy(() => import('../patrols/form'), PartMissing);
export const Approvals = lazy(() => import('../screens/leader/approvals'), PartMissing);
export const GridMap = lazy(() => import('../screens/leader/map'), PartMissing);
export const Dispatch = lazy(() => import('../screens/leader/dispatch'), PartMissing);
export const TeamScreen = lazy(() => import('../screens/leader/team'), PartMissing);

const soon = [Log, HazardForm, VisitForm, PatrolForm, Records, RecordPage, Approvals, OutboxSheet, Me];

/** One after the other, so that the first taps of the person come first. */
export function fetchSoon(): void {
  const idle = (run: () => void) => ('requestIdleCallback' in window ? requestIdleCallback(run, { timeout: 3000 }) : setTimeout(run, 800));
  const next = (at: number) => { const part = soon[at]; if (part) idle(() => { part.preload().then(() => next(at + 1), () => undefined); }); };
  next(0);
}
