/** What a conflict shows and what is kept of it: pure. A field lies in the row itself or, of a record, in its body. */
import { adviceWord, withoutNote } from '../records/words';
import type { HistoryStep, Matter } from '../records/shapes';
import type { Act, OutboxItem, Photo, Row } from '../store/api';
import { sayDay } from '../text/days';
import { m } from '../text/mediations';
import { hasWord, language, t, word } from '../text/text';

const IN_THE_ROW = ['photos', 'matter_code', 'photo_gap', 'obstructed'];
const GROUPS: Record<string, string> = { severity: 'severity', mode: 'mode', ticks: 'tick', needs: 'need', finding: 'finding', photo_gap: 'gap' };
const DAYS = ['advised_fix_by', 'relook_on', 'next_on', 'revisit_on'];

/** The row as it is shown once the own changes are kept over the other's. */
export function withMine(kind: string, theirs: Row, changes: Record<string, unknown>): Row {
  if (kind !== 'record') return { ...theirs, ...changes };
  const entries = Object.entries(changes), isOwn = ([field]: [string, unknown]) => IN_THE_ROW.includes(field);
  const body = { ...(theirs.body as object), ...Object.fromEntries(entries.filter((entry) => !isOwn(entry))) };
  return { ...theirs, ...Object.fromEntries(entries.filter(isOwn)), body };
}

/** The own changes once more, over the version that is there now; their photos go with them. */
export function keptMine(item: OutboxItem, theirs: Row): Act {
  const changes = (item.payload.changes ?? {}) as { photos?: Photo[] };
  const { shows, name, lane, payload } = item;
  const act: Act = { name, lane, payload, photos: (changes.photos ?? []).map((photo) => photo.sha256) };
  if (theirs.version) act.base_version = theirs.version;
  if (shows) act.shows = { kind: shows.kind, row: withMine(shows.kind, theirs, changes) };
  return act;
}

/** What was last done to the record that somebody decided as it had been before: another decision, a correction. A comment changes nothing. */
export function lastStep(row: Row | undefined): HistoryStep[] {
  return ((row?.history ?? []) as HistoryStep[]).filter((step) => step.step !== 'commented').slice(-1);
}

export function valueIn(row: Row, field: string): unknown {
  return row[field] ?? (row.body as Record<string, unknown> | undefined)?.[field];
}

/** What codes and ids stand for on this phone. */
export interface Known { matters: Map<string, Matter>; names: Map<string, string>; matter?: Matter | undefined }

/** A value in words: never a code, an id or a key of ours. */
export function sayValue(field: string, value: unknown, known: Known): string {
  if (value === undefined || value === null || value === '') return t('conflict.empty');
  if (typeof value === 'boolean') return value ? t('conflict.yes') : t('conflict.no');
  if (field === 'photos') return String((value as unknown[]).length);
  if (field === 'place') return sayPlace(value as { lng?: number; lat?: number });
  if (Array.isArray(value)) return value.map((one) => sayValue(field, one, known)).join('、') || t('conflict.empty');
  if (typeof value === 'object') return sayParts(field, value as Record<string, unknown>);
  return sayCode(field, String(value), known);
}

function sayCode(field: string, code: string, known: Known): string {
  const group = GROUPS[field];
  if (group && hasWord(group, code)) return word(group, code);
  if (DAYS.includes(field)) return sayDay(code);
  if (field === 'advice') return adviceWord(known.matter, code);
  if (field === 'matter_code') return nameOf(known.matters.get(code)) ?? code;
  if (field === 'outcome') return m(`outcome.${code}` as Parameters<typeof m>[0]);
  if (field === 'unsuited') return m(`unsuited.${code}` as Parameters<typeof m>[0]);
  return known.names.get(code) ?? code;
}

function nameOf(matter: Matter | undefined): string | undefined {
  return matter && withoutNote((language.value === 'en' && matter.name_en) || matter.name_zh);
}

const sayPlace = ({ lng, lat }: { lng?: number; lat?: number }): string => (lng === undefined || lat === undefined ? t('conflict.empty') : `${lng.toFixed(5)}, ${lat.toFixed(5)}`);

/** A call is its number, a party a name, a telephone and a side. */
function sayParts(field: string, part: Record<string, unknown>): string {
  if (field === 'calls') return String(part.number);
  if (field === 'parties') return [part.name, part.phone, m(part.part === 'applicant' ? 'part.applicant' : 'part.other')].filter(Boolean).join(' ');
  return Object.entries(part).flatMap(([name, value]) => (name === 'id' || value === null || value === undefined ? [] : [String(value)])).join(' ');
}
