/** Decisions of the mediation form. Pure; what is a referral is decided as on the server (a test compares). */
import type { Id } from '../../store/api';
import { asCorrection, changedFields, trimmed, type Correcting } from '../../records/envelope';
import { newId } from '../../records/ids';
import type { Matter, MediationBody, Outcome, Party, RecordRow, Unsuited } from '../../records/shapes';
import { addDays } from '../../text/days';

export const UNSUITED: Unsuited[] = ['special', 'court', 'administrative', 'refused', 'violence'];
export const OUTCOMES = ['oral', 'written', 'referred', 'none'] as const;
export const PASSED_ON = ['MED-04'];
/** The return visit is made on the mediation itself. */
const NOT_HERE = 'MED-07';
const SETTLED: unknown[] = ['oral', 'written'];

export interface MediationDraft {
  stage: 'fit' | 'form' | 'check';
  grid_id: Id; matter_code?: string | undefined; unsuited: Unsuited[]; parties: Party[];
  /** `open`: said to be still under way; absent: not said yet */
  outcome?: Exclude<Outcome, 'told'> | 'open' | undefined; revisit_on?: string | undefined; note: string; obstructed: boolean;
  photos: []; correcting?: Correcting; replaces?: Id;
}

const blank = (part: Party['part']): Party => ({ id: newId(), name: '', phone: '', part });

export function freshDraft(grid: Id): MediationDraft {
  return { stage: 'fit', grid_id: grid, unsuited: [], parties: [blank('applicant'), blank('other')], note: '', obstructed: false, photos: [] };
}
export const anotherParty = (parties: Party[]): Party[] => [...parties, blank(parties.some((party) => party.part === 'applicant') ? 'other' : 'applicant')];

export const mattersToChoose = (matters: Matter[]): Matter[] => matters.filter((matter) => matter.code !== NOT_HERE);
export const isReferral = (draft: Pick<MediationDraft, 'unsuited' | 'matter_code'>): boolean => draft.unsuited.length > 0 || PASSED_ON.includes(draft.matter_code ?? '');
export const isSettled = (outcome: unknown): boolean => SETTLED.includes(outcome);
const named = (draft: MediationDraft): Party[] => draft.parties.filter((party) => party.name.trim());

export const isWorthKeeping = (draft: MediationDraft): boolean => !!(draft.matter_code || draft.unsuited.length || draft.outcome || draft.note || draft.obstructed || draft.parties.some((party) => party.name || party.phone));

/** With a settlement comes the day of the return visit that the matter proposes, without one it goes. */
export function withOutcome(outcome: MediationDraft['outcome'], matter: Matter | undefined, today: string): Pick<MediationDraft, 'outcome' | 'revisit_on'> {
  return { outcome, revisit_on: isSettled(outcome) && matter?.relook_days ? addDays(today, matter.relook_days) : undefined };
}
export function withMatter(draft: MediationDraft, matter: Matter | undefined, today: string): Partial<MediationDraft> {
  return { matter_code: matter?.code, ...(isSettled(draft.outcome) ? withOutcome(draft.outcome, matter, today) : {}) };
}

/** One thing that still has to be said. A referral needs nobody's name, and its outcome is that it is one. */
export function missing(draft: MediationDraft): 'matter' | 'party' | 'outcome' | undefined {
  if (!draft.matter_code) return 'matter';
  if (isReferral(draft)) return undefined;
  if (!named(draft).length && !draft.obstructed) return 'party';
  return draft.outcome ? undefined : 'outcome';
}

function outcomeOf(draft: MediationDraft): Outcome | undefined {
  if (isReferral(draft)) return 'told';
  return draft.outcome === 'open' ? undefined : draft.outcome;
}

export function bodyFor(draft: MediationDraft): MediationBody {
  const outcome = outcomeOf(draft);
  const parties = named(draft).map(({ id, name, phone, part }) => ({ id, name: name.trim(), ...(phone?.trim() ? { phone: phone.trim() } : {}), part }));
  return {
    parties, note: draft.note.trim(), ...(draft.unsuited.length ? { unsuited: draft.unsuited } : {}), ...(outcome ? { outcome } : {}),
    ...(isSettled(outcome) && draft.revisit_on ? { revisit_on: draft.revisit_on } : {}),
  };
}

export function reportFields(draft: MediationDraft): Record<string, unknown> {
  return { grid_id: draft.grid_id, matter_code: draft.matter_code, ...bodyFor(draft), obstructed: draft.obstructed || undefined };
}

export const isEnded = (body: Pick<MediationBody, 'outcome' | 'revisit_on'>): boolean => !!body.outcome && !body.revisit_on;

const withBlanks = (parties: Party[]): Party[] => parties.map((party) => ({ ...party, phone: party.phone ?? '' }));

export function draftFromRecord(record: RecordRow): MediationDraft {
  const body = record.body as unknown as MediationBody;
  const draft: MediationDraft = {
    ...freshDraft(record.grid_id), stage: 'form', matter_code: record.matter_code, unsuited: body.unsuited ?? [], parties: withBlanks(body.parties ?? []),
    outcome: body.outcome === 'told' ? undefined : body.outcome ?? 'open', revisit_on: body.revisit_on, note: body.note ?? '', obstructed: !!record.obstructed,
  };
  return { ...draft, correcting: { base_version: record.version ?? 0, before: trimmed(reportFields(draft)) } };
}

export function draftFromPayload(payload: Record<string, unknown>, replaces: Id): MediationDraft {
  const told = payload as unknown as MediationBody & { grid_id: Id; matter_code: string; obstructed?: boolean };
  return {
    ...freshDraft(told.grid_id), stage: 'form', matter_code: told.matter_code, unsuited: told.unsuited ?? [], parties: withBlanks(told.parties ?? []),
    outcome: told.outcome === 'told' ? undefined : told.outcome ?? 'open', revisit_on: told.revisit_on, note: told.note ?? '', obstructed: !!told.obstructed, replaces,
  };
}

/** A list that is empty now is told as such: nothing would mean that it stays. */
export function correction(draft: MediationDraft): Record<string, unknown> | undefined {
  if (!draft.correcting) return undefined;
  const { grid_id: _grid, matter_code: _matter, ...changes } = changedFields(draft.correcting, trimmed(reportFields(draft)));
  for (const list of ['unsuited', 'parties']) if (changes[list] === null) changes[list] = [];
  return asCorrection(changes);
}

/** 张**: nobody who looks over the shoulder reads a name. */
export const maskedName = (name: string): string => `${[...name][0] ?? ''}**`;
export const maskedPhone = (phone: string): string => (phone.length >= 8 ? `${phone.slice(0, 3)}****${phone.slice(-4)}` : '****');

/** What the next step of a mediation is about. */
export function stepKind(body: MediationBody): 'revisit' | 'talk' | 'more' {
  if (!body.outcome) return 'talk';
  return body.revisit_on ? 'revisit' : 'more';
}

export interface StepDraft { mediation: Id; words: string; outcome?: Exclude<Outcome, 'told'> | 'open' | undefined; kept?: 'kept' | 'not_kept' | undefined; revisit_on?: string | undefined }

export function stepMissing(draft: StepDraft, kind: ReturnType<typeof stepKind>): 'kept' | 'words' | undefined {
  if (kind === 'revisit') return draft.kept ? undefined : 'kept';
  return draft.words.trim() || (draft.outcome && draft.outcome !== 'open') ? undefined : 'words';
}

/** The fields of `mediations.step` (docs/wire.md §6); a next return visit goes with a settlement or a return visit. */
export function stepFields(draft: StepDraft): { words: string; outcome?: Outcome; kept?: boolean; revisit_on?: string } {
  const outcome = draft.outcome === 'open' ? undefined : draft.outcome;
  const may_return = draft.kept || isSettled(outcome);
  return { words: draft.words.trim(), ...(outcome ? { outcome } : {}), ...(draft.kept ? { kept: draft.kept === 'kept' } : {}), ...(may_return && draft.revisit_on ? { revisit_on: draft.revisit_on } : {}) };
}

/** The body as the step leaves it, for lists of this phone until the server's row arrives. */
export function afterStep(body: MediationBody, draft: StepDraft, by: { id: Id; at: number; by_name: string }): MediationBody {
  const { words, outcome, kept, revisit_on } = stepFields(draft);
  const { revisit_on: before, ...rest } = body;
  const next = outcome || kept !== undefined ? revisit_on : before;
  const step = { ...by, words, ...(outcome ? { outcome } : {}), ...(kept !== undefined ? { kept } : {}) };
  return { ...rest, ...(outcome ? { outcome } : {}), ...(next ? { revisit_on: next } : {}), steps: [...(body.steps ?? []), step] };
}
