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
import { householdAgain, type HouseholdAgain } from '../../records/household_acts';
import { HouseholdSheet } from '../../records/household_sheet';
import * as lists from '../../records/lists';
import { useStore } from '../../records/store_context';
import type { RecordKind, RecordRow } from '../../records/shapes';
import type { OutboxItem, Store } from '../../store/api';
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

async function fromRecord(store: Store, id: string): Promise<Opened | undefined> {
  const record = await lists.recordById(store, id);
  if (!record) return undefined;
  const begun = await store.draft(id); // a correction begun earlier goes on, unless the record has moved since
  const seen = (begun?.body.correcting as { base_version?: number } | undefined)?.base_version;
  if (begun && seen === (record.version ?? 0)) return { id, form: record.kind, body: begun.body };
  return { id, form: record.kind, body: await bodyOf(store, record) };
}

async function bodyOf(store: Store, record: RecordRow): Promise<object> {
  const matter = (await lists.matterByCode(store)).get(record.matter_code ?? '');
  if (record.kind === 'hazard') return hazards.draftFromRecord(record, matter);
  if (record.kind === 'visit') return visits.draftFromRecord(record, matter);
  if (record.kind === 'emergency') return emergencies.draftFromRecord(record, matter);
  if (record.kind === 'publicity') return publicity.draftFromRecord(record, matter);
  if (record.kind === 'information') return information.draftFromRecord(record, matter);
  if (record.kind === 'mediation') return mediations.draftFromRecord(record);
  return patrols.draftFromRecord(record);
}

export async function fromOutbox(store: Store, mutation: string): Promise<Door | undefined> {
  const item = (await store.outbox()).find((line) => line.mutation_id === mutation);
  if (!item) return undefined;
  const id = String(item.payload.id ?? '');
  if (item.name === 'hazards.report') return { id, form: 'hazard', body: hazards.draftFromPayload(item.payload, mutation) };
  if (item.name === 'visits.report') return { id, form: 'visit', body: visits.draftFromPayload(item.payload, mutation) };
  if (item.name === 'emergencies.report') return { id, form: 'emergency', body: emergencies.draftFromPayload(item.payload, mutation) };
  if (item.name === 'publicity.report') return { id, form: 'publicity', body: publicity.draftFromPayload(item.payload, mutation) };
  if (item.name === 'information.report') return { id, form: 'information', body: information.draftFromPayload(item.payload, mutation) };
  if (item.name === 'mediations.report') return { id, form: 'mediation', body: mediations.draftFromPayload(item.payload, mutation) };
  if (item.name === 'patrols.report') return { id, form: 'patrol', body: patrols.draftFromPayload(item.payload, await lists.places(store), mutation) };
  if (item.name === 'hazards.relook') { const body = relookFromPayload(item.payload, mutation); return (await lists.recordById(store, body.hazard)) && { id, form: 'relook', body, at: `relook/${body.hazard}/${id}` }; }
  if (item.name === 'households.save') return householdAgain(store, item);
  if (item.name === 'records.correct') return correctionAgain(store, item, id);
  return undefined;
}

/** The server's newest row with the refused changes laid over it. */
async function correctionAgain(store: Store, item: OutboxItem, id: string): Promise<Opened | undefined> {
  const record = ((item.server as unknown as RecordRow | undefined) ?? (await lists.recordById(store, id)));
  if (!record) return undefined;
  return { id, form: record.kind, body: { ...(await bodyOf(store, record)), ...(item.payload.changes as object), replaces: item.mutation_id } };
}
