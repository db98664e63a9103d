/** 回头看: the worker looks at an open hazard again and says what became of it. */
import { useState } from 'preact/hooks';
import { DayChoice } from '../../records/day_choice';
import { useDraft } from '../../records/draft';
import { DropDraft, FormFrame } from '../../records/form_frame';
import * as lists from '../../records/lists';
import { PhotosField } from '../../records/photos_field';
import { SafetyLine } from '../../records/safety_line';
import { tellSaved } from '../../records/save';
import type { Relook } from '../../records/shapes';
import { useLive, useStore } from '../../records/store_context';
import { dayOf } from '../../text/days';
import { t } from '../../text/text';
import { OneOf } from '../../ui/chips';
import { TextField } from '../../ui/field';
import { replaceWith } from '../../ui/route';
import { Empty } from '../../ui/tag';
import { toast } from '../../ui/toast';
import { saveRelook, type RelookDraft } from './actions';
import { HazardCard } from './card';
import { nextOn } from './rules';

const OUTCOMES: Relook['outcome'][] = ['fixed', 'not_fixed', 'worse'];
const isWorthKeeping = (body: RelookDraft): boolean => !!(body.outcome || body.note || body.photos.length);

export default function RelookForm({ id, hazard }: { id: string; hazard: string }) {
  const store = useStore();
  const draft = useDraft<RelookDraft & { hazard: string }>(id, 'relook', async () => ({ hazard, note: '', photos: [] }), isWorthKeeping);
  const known = useLive(async (s) => ({ record: await lists.recordById(s, hazard), matters: await lists.matterByCode(s) }), ['record', 'matter'], [hazard]);
  const [asked, setAsked] = useState(false);
  if (!draft || !known) return null;
  if (!known.record) return <Empty icon="records"><p>{t('record.not_here')}</p></Empty>;
  const record = known.record, matter = known.matters.get(record.matter_code ?? '');
  const next = (body: RelookDraft) => nextOn(body, matter, dayOf(Date.now() + store.clock_skew_ms)); // the day that the server will give the look
  const save = async () => {
    setAsked(true);
    const final = draft.newest();
    if (!final.outcome) { toast(t('relook.choose')); return; }
    await draft.close();
    if (tellSaved(await saveRelook(store, id, record, final, next(final)))) replaceWith(`#/record/${hazard}`);
    else draft.reopen();
  };
  return (
    <FormFrame onSave={save} drop={isWorthKeeping(draft.body) && <DropDraft id={id} draft={draft} isCorrection={!!draft.body.replaces} />}>
      <HazardCard record={record} matter={matter} />
      <div class="card">
        <OneOf label={t('relook.what')} showLabel layout="column" value={draft.body.outcome} onPick={(outcome) => outcome && draft.change({ outcome })}
          choices={OUTCOMES.map((value) => ({ value, label: t(`relook.${value}` as 'relook.fixed'), testid: `relook-${value}` }))} />
        {asked && !draft.body.outcome && <p class="never" role="alert">{t('relook.choose')}</p>}
        {draft.body.outcome && draft.body.outcome !== 'fixed' && <DayChoice label={t('relook.next')} value={next(draft.body)} onPick={(day) => draft.change({ next_on: day ?? '' })} />}
      </div>
      <div class="card">
        <PhotosField policy={matter?.photo_policy ?? 'optional'} reason={matter?.photo_reason} document={matter?.photo_document} photos={draft.body.photos} gap={draft.body.photo_gap}
          onPhotos={(edit) => draft.change({ photos: edit(draft.newest().photos) })} onGap={(photo_gap) => draft.change({ photo_gap })} />
        <TextField long label={`${t('form.note')} ${t('form.optional')}`} value={draft.body.note} onText={(note) => draft.change({ note })} hint={<SafetyLine />} testid="note" />
      </div>
    </FormFrame>
  );
}
