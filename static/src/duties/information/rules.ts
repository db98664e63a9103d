/** Decisions of the information form. Pure. Which matter needs which field: one table, the same as the server's (a test compares). */
import type { Id, Photo } from '../../store/api';
import { changedFields, type Behalf, type Correcting } from '../../records/envelope';
import { isTyped, type HouseholdWords } from '../../records/household_acts';
import type { InformationBody, Matter, PhotoGap, RecordRow } from '../../records/shapes';

export type Field = 'household_id' | 'finding' | 'business_name' | 'place_words' | 'wants_answer' | 'note';

export const ASKED: Record<Field, { needed_by: string[]; open_to: string[] }> = {
  household_id: { needed_by: ['INFO-01', 'INFO-02', 'INFO-04', 'INFO-05'], open_to: ['INFO-06'] },
  finding: { needed_by: ['INFO-01', 'INFO-02', 'INFO-03', 'INFO-04', 'INFO-05'], open_to: [] },
  business_name: { needed_by: ['INFO-03'], open_to: [] },
  place_words: { needed_by: ['INFO-03', 'INFO-07'], open_to: [] },
  wants_answer: { needed_by: [], open_to: ['INFO-06', 'INFO-07'] },
  note: { needed_by: ['INFO-06'], open_to: [] },
};
export const FINDINGS = {
  'INFO-01': ['as_known', 'moved_in', 'moved_out', 'contact_changed'],
  'INFO-02': ['reminded', 'says_registered', 'not_met'],
  'INFO-03': ['opened', 'closed'],
  'INFO-04': ['wants_help', 'living_changed', 'contact_changed'],
  'INFO-05': ['moved_in', 'moved_out', 'contact_changed', 'wants_contact'],
} as const;
export type Finding = (typeof FINDINGS)[keyof typeof FINDINGS][number];

export const findingsOf = (code: string | undefined): readonly Finding[] => FINDINGS[code as keyof typeof FINDINGS] ?? [];
const fields = Object.keys(ASKED) as Field[];
const isNamed = (code: string): boolean => fields.some((field) => [...ASKED[field].needed_by, ...ASKED[field].open_to].includes(code));

/** Of a matter that the table does not name, the words alone are needed. */
export const needs = (code: string | undefined, field: Field): boolean => !!code && (isNamed(code) ? ASKED[field].needed_by.includes(code) : field === 'note');
export const hasRoomFor = (code: string | undefined, field: Field): boolean => !!code && (field === 'note' || needs(code, field) || ASKED[field].open_to.includes(code));

export interface InformationDraft {
  grid_id: Id; matter_code?: string | undefined; household_id?: Id | undefined; finding?: Finding | undefined; business_name: string; place_words: string; wants_answer: boolean; note: string;
  photos: Photo[]; photo_gap?: PhotoGap | undefined; obstructed: boolean; correcting?: Correcting; replaces?: Id; on_behalf?: Behalf | undefined;
  /** a household that is being added, until it is saved */
  adding?: HouseholdWords | undefined;
}

export function freshDraft(grid: Id): InformationDraft {
  return { grid_id: grid, business_name: '', place_words: '', wants_answer: false, note: '', photos: [], obstructed: false };
}

export const isWorthKeeping = (draft: InformationDraft): boolean => !!(draft.matter_code || draft.household_id || draft.business_name || draft.place_words || draft.note || draft.photos.length || draft.obstructed || isTyped(draft.adding));

/** Another matter, another set of words: a finding that it does not know is let go. */
export function withMatter(draft: InformationDraft, code: string | undefined): Partial<InformationDraft> {
  return { matter_code: code, ...(draft.finding && !findingsOf(code).includes(draft.finding) ? { finding: undefined } : {}) };
}

export type Missing = 'matter' | Exclude<Field, 'wants_answer'>;
const needable = fields.filter((field): field is Exclude<Field, 'wants_answer'> => field !== 'wants_answer');
const given = (draft: InformationDraft, field: Field): boolean => { const value = draft[field]; return typeof value === 'string' ? !!value.trim() : !!value; };

/** One thing that still has to be said: the matter, then what it needs, in the order of the form. */
export function missing(draft: InformationDraft): Missing | undefined {
  if (!draft.matter_code) return 'matter';
  if (draft.obstructed) return undefined;
  return needable.find((field) => needs(draft.matter_code, field) && !given(draft, field) && !(field === 'household_id' && draft.correcting)); // whose it is stays, and may be gone by now
}

const sent = (draft: InformationDraft, matter: Matter | undefined): Photo[] => (matter?.photo_policy === 'forbidden' ? [] : draft.photos);

/** What was filled in for another matter stays on the phone. */
function told(draft: InformationDraft): Partial<Record<Field, unknown>> {
  const all: Record<Field, unknown> = {
    household_id: draft.household_id, finding: draft.finding, business_name: draft.business_name.trim(), place_words: draft.place_words.trim(), wants_answer: draft.wants_answer || undefined, note: draft.note.trim(),
  };
  return Object.fromEntries(fields.filter((field) => hasRoomFor(draft.matter_code, field)).map((field) => [field, all[field]]));
}

/** The fields of `information.report` (docs/wire.md §6). */
export function reportFields(draft: InformationDraft, matter: Matter | undefined): Record<string, unknown> {
  const photos = sent(draft, matter);
  return {
    grid_id: draft.grid_id, matter_code: draft.matter_code, ...told(draft), photos,
    photo_gap: photos.length || matter?.photo_policy === 'forbidden' ? undefined : draft.photo_gap, obstructed: draft.obstructed || undefined,
  };
}

/** What of it may be corrected; whose household it is stays. */
function correctable(draft: InformationDraft, matter: Matter | undefined): Record<string, unknown> {
  const { household_id: _household, ...rest } = told(draft);
  return { ...rest, ...(hasRoomFor(draft.matter_code, 'wants_answer') ? { wants_answer: draft.wants_answer } : {}), ...(matter?.photo_policy === 'forbidden' ? {} : { photos: sent(draft, matter) }) };
}

export const bodyFor = (draft: InformationDraft): InformationBody => Object.fromEntries(Object.entries({ note: '', ...told(draft) }).filter(([, value]) => value !== undefined)) as unknown as InformationBody;

export function draftFromRecord(record: RecordRow, matter: Matter | undefined): InformationDraft {
  const body = record.body as unknown as InformationBody;
  const draft: InformationDraft = {
    ...freshDraft(record.grid_id), matter_code: record.matter_code, household_id: body.household_id, finding: body.finding as Finding | undefined, business_name: body.business_name ?? '', place_words: body.place_words ?? '',
    wants_answer: !!body.wants_answer, note: body.note ?? '',
    photos: record.photos.map(({ sha256, role, taken_at }) => ({ sha256, role, ...(taken_at ? { taken_at } : {}) })), photo_gap: record.photo_gap, obstructed: !!record.obstructed,
  };
  return { ...draft, correcting: { base_version: record.version ?? 0, before: correctable(draft, matter) } };
}

export function draftFromPayload(payload: Record<string, unknown>, replaces: Id): InformationDraft {
  const said = payload as unknown as Partial<InformationDraft>;
  return { ...freshDraft(String(payload.grid_id ?? '')), ...said, photos: said.photos ?? [], wants_answer: !!said.wants_answer, obstructed: !!said.obstructed, replaces };
}

export function correction(draft: InformationDraft, matter: Matter | undefined): Record<string, unknown> | undefined {
  if (!draft.correcting) return undefined;
  const changes = changedFields(draft.correcting, correctable(draft, matter));
  return Object.keys(changes).length ? changes : undefined;
}
