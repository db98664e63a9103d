/** The way back into a form: a returned record to correct, or a refused act to say again. Makes a draft and opens it. */
import { useEffect, useState } from 'preact/hooks';
import { relookFromPayload } from '../../duties/hazards/actions';
import * as emergencies from '../../duties/emergencies/rules';
import * as hazards from '../../duties/hazards/rules';
import * as information from '../../duties/information/rules';
import * as mediations from '../../duties/mediations/rules';
import * as publicity from '../../duties/publicity/rules';
import * as visits from '../../duties/visits/rules';
import * as patrols from '../../patrols/rules';
import type { Correcting } from '../../records/envelope';
import { householdAgain, type HouseholdAgain } from '../../records/household_acts';
import { HouseholdSheet } from '../../records/household_sheet';
import * as lists from '../../records/lists';
import { useStore } from '../../records/store_context';
import type { Matter, RecordKind, RecordRow } from '../../records/shapes';
import type { OutboxItem, Photo, Store } from '../../store/api';
import { t } from '../../text/text';
import { replaceWith } from '../../ui/route';
import { Empty } from '../../ui/tag';

/** What a form is opened with: a draft and where it is, or the sheet of a household. */
interface Opened { id: string; form: RecordKind | 'relook'; body: object; at?: string }
type Door = Opened | HouseholdAgain;

export default function Edit({ id, what }: { id: string; what: 'correct' | 'edit' }) {
  const store = useStore();
  const [stuck, setStuck] = useState(false);
  const [household, setHousehold] = useState<HouseholdAgain>();
  useEffect(() => {
    void (async () => {
      const opened = what === 'correct' ? await fromRecord(store, id) : await fromOutbox(store, id);
      if (!opened) { setStuck(true); return; }
      if ('told' in opened) { setHousehold(opened); return; }
      const { at = opened.form === 'patrol' ? `patrol/${opened.id}` : `log/${opened.form}/${opened.id}` } = opened;
      await store.keepDraft({ id: opened.id, form: opened.form, body: opened.body as Record<string, unknown> });
      replaceWith(`#/${at}`);
    })();
  }, [store, id]);
  if (household) return <HouseholdSheet grid={household.told.grid_id} household={household.kept} again={household} onClose={() => replaceWith('#/')} onSaved={() => replaceWith('#/')} />;
  return stuck ? <Empty icon="records"><p>{t('record.not_here')}</p></Empty> : null;
}

export async function fromRecord(store: Store, id: string): Promise<Opened | undefined> {
  const record = await lists.recordById(store, id);
  if (!record) return undefined;
  const begun = await store.draft(id); // a correction begun earlier goes on, unless the record has moved since
  if (begun && baseOf(begun.body) === (record.version ?? 0)) return { id, form: record.kind, body: begun.body };
  const body = await bodyOf(store, record);
  if (!begun || begun.form !== record.kind || begun.body.correcting || !begun.body.replaces || !record.version) return { id, form: record.kind, body };
  const { replaces: _overtaken, ...typed } = begun.body; // other words for a report that has arrived meanwhile
  return { id, form: record.kind, body: { ...body, ...typed, correcting: (body as { correcting?: object }).correcting } };
}

type Rules = [form: RecordKind, fromRecord: (record: RecordRow, matter: Matter | undefined) => object, fromPayload: (payload: OutboxItem['payload'], replaces: string) => object];
const REPORTS: Record<string, Rules> = {
  'hazards.report': ['hazard', hazards.draftFromRecord, hazards.draftFromPayload],
  'visits.report': ['visit', visits.draftFromRecord, visits.draftFromPayload],
  'emergencies.report': ['emergency', emergencies.draftFromRecord, emergencies.draftFromPayload],
  'publicity.report': ['publicity', publicity.draftFromRecord, publicity.draftFromPayload],
  'information.report': ['information', information.draftFromRecord, information.draftFromPayload],
  'mediations.report': ['mediation', mediations.draftFromRecord, mediations.draftFromPayload],
};

async function bodyOf(store: Store, record: RecordRow): Promise<object> {
  const matter = (await lists.matterByCode(store)).get(record.matter_code ?? '');
  const rules = Object.values(REPORTS).find(([form]) => form === record.kind);
  return rules ? rules[1](record, matter) : patrols.draftFromRecord(record);
}

export async function fromOutbox(store: Store, mutation: string): Promise<Door | undefined> {
  const item = (await store.outbox()).find((line) => line.mutation_id === mutation);
  if (!item) return undefined;
  const { bad_photos } = item;
  if (bad_photos) { // the record is there: another photo goes as a correction
    const opened = await fromRecord(store, String(item.payload.id)), body = opened?.body as { photos: Photo[] };
    return opened && { ...opened, body: { ...body, photos: body.photos.filter(({ sha256 }) => !bad_photos.includes(sha256)), replaces: mutation } };
  }
  const opened = await sayAgain(store, item);
  if (!opened || 'told' in opened) return opened;
  const begun = await store.draft(opened.id); // other words begun earlier go on, unless the record has moved since
  const isOf = (replaces: unknown) => replaces === mutation || (item.name !== 'records.correct' && replaces !== undefined); // of one record there may be two corrections
  const goes_on = begun?.form === opened.form && isOf(begun.body.replaces) && baseOf(begun.body) === baseOf(opened.body);
  return goes_on ? { ...opened, body: { ...begun.body, replaces: mutation } } : opened;
}

const baseOf = (body: object): unknown => (body as { correcting?: { base_version?: number } }).correcting?.base_version;

async function sayAgain(store: Store, item: OutboxItem): Promise<Door | undefined> {
  const { name, payload, mutation_id: mutation } = item, id = String(payload.id ?? ''), rules = REPORTS[name];
  if (rules) return { id, form: rules[0], body: rules[2](payload, mutation) };
  if (name === 'patrols.report') return { id, form: 'patrol', body: patrols.draftFromPayload(payload, await lists.places(store), mutation) };
  if (name === 'hazards.relook') { const body = relookFromPayload(payload, mutation); return (await lists.recordById(store, body.hazard)) && { id, form: 'relook', body, at: `relook/${body.hazard}/${id}` }; }
  if (name === 'households.save') return householdAgain(store, item);
  if (name === 'records.correct') return correctionAgain(store, item, id);
  return undefined;
}

/** The server's newest row with the refused changes laid over it: they go again, though the row as it is shown here may have them. */
async function correctionAgain(store: Store, item: OutboxItem, id: string): Promise<Opened | undefined> {
  const record = ((item.server as unknown as RecordRow | undefined) ?? (await lists.recordById(store, id)));
  if (!record) return undefined;
  const changes = item.payload.changes as object, body = (await bodyOf(store, record)) as { correcting: Correcting };
  return { id, form: record.kind, body: { ...body, ...changes, correcting: { ...body.correcting, said: Object.keys(changes) }, replaces: item.mutation_id } };
}
