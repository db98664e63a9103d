/** Decisions of the emergency form. Pure: time, rows and the county are arguments. */
import type { Id, Photo, Row } from '../../store/api';
import { changedFields, trimmed, type Correcting } from '../../records/envelope';
import { byText } from '../../records/lists';
import type { Call, EmergencyBody, Matter, PhotoGap, PlaceOfHazard, RecordRow } from '../../records/shapes';

export const NUMBERS = ['119', '110', '120'] as const;
const MOST_CALLS = 20;
/** A shaking hand taps twice; the dialler opens once. */
const SAME_CALL_MS = 3000;

export interface EmergencyDraft {
  grid_id: Id; matter_code?: string | undefined; calls: Call[]; gas_smell: boolean; note: string; place: PlaceOfHazard; place_id?: Id | undefined; place_words: string;
  photos: Photo[]; photo_gap?: PhotoGap | undefined; obstructed: boolean; correcting?: Correcting; replaces?: Id;
}

export const freshDraft = (grid: Id): EmergencyDraft => ({ grid_id: grid, calls: [], gas_smell: false, note: '', place: { source: 'none' }, place_words: '', photos: [], obstructed: false });

/** A fix alone is nothing to lose. */
export const isWorthKeeping = (draft: EmergencyDraft): boolean => !!(draft.calls.length || draft.gas_smell || draft.matter_code || draft.note || draft.place_words || draft.photos.length || draft.obstructed);

/** The number of the county's gas repair service, a setting; undefined where nobody has set one. */
export function gasNumber(policies: Row[], county: string): string | undefined {
  const numbers = policies.find((row) => row.name === 'gas_numbers')?.value as Record<string, string> | undefined;
  return numbers?.[county] || undefined;
}

export function withCall(calls: Call[], number: Call['number'], now: number): Call[] {
  const isAgain = calls.some((call) => call.number === number && Math.abs(now - call.at) < SAME_CALL_MS);
  return isAgain || calls.length >= MOST_CALLS ? calls : [...calls, { number, at: now }];
}

/** The matter of one tap: the chosen one; where gas is smelled the one that has the word for gas in its name; else what this grid reports most; else what has the least time. */
export function matterFor(draft: EmergencyDraft, matters: Matter[], records: RecordRow[], gas_word: string): Matter | undefined {
  const chosen = matters.find((one) => one.code === draft.matter_code);
  const gas = draft.gas_smell ? matters.find((one) => `${one.name_zh} ${one.name_en ?? ''}`.includes(gas_word)) : undefined;
  return chosen ?? gas ?? usualOf(matters, records, draft.grid_id);
}

function usualOf(matters: Matter[], records: RecordRow[], grid: Id): Matter | undefined {
  const uses = (code: string) => records.filter((one) => one.kind === 'emergency' && one.grid_id === grid && one.matter_code === code).length;
  const minutes = (one: Matter) => (one.deadline ? one.deadline * (one.deadline_unit === 'minutes' ? 1 : 60) : Infinity);
  return [...matters].sort((a, b) => uses(b.code) - uses(a.code) || (minutes(a) === minutes(b) ? byText(a.code, b.code) : minutes(a) - minutes(b)))[0];
}

/** The fields of `emergencies.report` (docs/wire.md §6). A forbidden photo never leaves the form. */
export function reportFields(draft: EmergencyDraft, matter: Matter | undefined): Record<string, unknown> {
  const photos = matter?.photo_policy === 'forbidden' ? [] : draft.photos;
  return {
    grid_id: draft.grid_id, matter_code: matter?.code ?? draft.matter_code, calls: draft.calls, gas_smell: draft.gas_smell, note: draft.note.trim(), place: draft.place, place_id: draft.place_id,
    place_words: draft.place_words.trim(), photos, photo_gap: photos.length || matter?.photo_policy === 'forbidden' ? undefined : draft.photo_gap, obstructed: draft.obstructed || undefined,
  };
}

/** The row that lists show at once. */
export function bodyFor(draft: EmergencyDraft): EmergencyBody {
  return {
    calls: draft.calls, gas_smell: draft.gas_smell, note: draft.note.trim(), place: draft.place,
    ...(draft.place_words ? { place_words: draft.place_words.trim() } : {}), ...(draft.place_id ? { place_id: draft.place_id } : {}),
  };
}

export function draftFromRecord(record: RecordRow, matter: Matter | undefined): EmergencyDraft {
  const body = record.body as unknown as EmergencyBody;
  const draft: EmergencyDraft = {
    ...freshDraft(record.grid_id), matter_code: record.matter_code, calls: body.calls ?? [], gas_smell: !!body.gas_smell, note: body.note ?? '', place: body.place ?? { source: 'none' },
    place_id: body.place_id, place_words: body.place_words ?? '', photos: record.photos.map(({ sha256, role, taken_at }) => ({ sha256, role, ...(taken_at ? { taken_at } : {}) })),
    photo_gap: record.photo_gap, obstructed: !!record.obstructed,
  };
  return { ...draft, correcting: { base_version: record.version ?? 0, before: trimmed(reportFields(draft, matter)) } };
}

export function draftFromPayload(payload: Record<string, unknown>, replaces: Id): EmergencyDraft {
  const fields = payload as unknown as Partial<EmergencyDraft>;
  return { ...freshDraft(String(payload.grid_id ?? '')), ...fields, calls: fields.calls ?? [], photos: fields.photos ?? [], obstructed: !!fields.obstructed, replaces };
}

/** What was added; `undefined` when nothing differs. Words that were taken out are empty, not nothing. */
export function addition(draft: EmergencyDraft, matter: Matter | undefined): Record<string, unknown> | undefined {
  if (!draft.correcting) return undefined;
  const { grid_id: _grid, photo_gap: _gap, obstructed: _obstructed, ...changes } = changedFields(draft.correcting, trimmed(reportFields(draft, matter)));
  for (const words of ['note', 'place_words']) if (changes[words] === null) changes[words] = '';
  return Object.keys(changes).length ? changes : undefined;
}
