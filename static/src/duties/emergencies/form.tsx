/** The emergency form: whom to call, then 已报警 in one tap; what, where and how may follow at any time. */
import { useEffect } from 'preact/hooks';
import { useDraft } from '../../records/draft';
import { DropDraft, FormFrame } from '../../records/form_frame';
import { GridChoice, chosenGrid } from '../../records/grid_choice';
import * as lists from '../../records/lists';
import { MatterChoice } from '../../records/matter_choice';
import { ObstructedChip, PhotosField } from '../../records/photos_field';
import { PlaceField } from '../../records/place_field';
import { SafetyLine } from '../../records/safety_line';
import { tellHeld, tellSaved } from '../../records/save';
import type { Call, Matter } from '../../records/shapes';
import { useLive, useStore } from '../../records/store_context';
import { useFix } from '../../records/use_fix';
import { usualMatters } from '../../records/usual';
import { t } from '../../text/text';
import { Tappable } from '../../ui/button';
import { TextField } from '../../ui/field';
import { Icon } from '../../ui/icons';
import { go, replaceWith } from '../../ui/route';
import { NoteLine } from '../../ui/tag';
import { hush, toast } from '../../ui/toast';
import { addToEmergency, saveEmergency } from './actions';
import { CallButtons, CallList } from './calls';
import { freshDraft, gasNumber, isWorthKeeping, matterFor, withCall, type EmergencyDraft } from './rules';

export default function EmergencyForm({ id }: { id: string }) {
  const store = useStore();
  const draft = useDraft<EmergencyDraft>(id, 'emergency', async () => freshDraft(await chosenGrid(store)), isWorthKeeping);
  const known = useLive(async (s) => ({
    matters: await lists.mattersInForce(s, 'emergencies'), records: await lists.records(s), grids: await lists.grids(s), gas: gasNumber(await s.list('policy'), s.session.person.county_code),
  }), ['matter', 'grid', 'policy']);
  const { looking, locate } = useFix(draft, 'emergency');
  useEffect(hush, []);
  if (!draft || !known) return null;

  const { body, change } = draft;
  const matterOf = (one: EmergencyDraft) => matterFor(one, known.matters, known.records, t('emergency.gas_word'));
  const matter = matterOf(body);
  const grid = known.grids.find((one) => one.id === body.grid_id);
  const isChange = !!(body.correcting || body.replaces);
  const call = (number: Call['number']) => change({ calls: withCall(draft.newest().calls, number, Date.now()) });
  const told = async (final: EmergencyDraft, about: Matter) => {
    const done = await saveEmergency(store, id, final, about);
    if (!done.saved || final.replaces) return tellSaved(done);
    tellHeld(store, done.mutation_id, t(done.in_memory_only ? 'save.in_memory' : 'emergency.told'), () => { void store.keepDraft({ id, form: 'emergency', body: final as unknown as Record<string, unknown> }).then(() => go(`/log/emergency/${id}`)); });
    return true;
  };
  const save = async () => {
    const final = draft.newest(), about = matterOf(final);
    if (!about) { toast(t('form.no_matters')); return; }
    await draft.close();
    const isSaved = final.correcting ? tellSaved(await addToEmergency(store, id, final, about)) : await told(final, about);
    if (isSaved) replaceWith(`#/record/${id}`); else draft.reopen();
  };
  return (
    <FormFrame corrects={!!body.correcting && id} onSave={save} saveWord={body.correcting ? t('emergency.save_addition') : t('emergency.reported')}
      drop={isWorthKeeping(body) && <DropDraft id={id} draft={draft} isCorrection={isChange} />}>
      <Tappable class="chip" aria-pressed={body.gas_smell} data-testid="emergency-gas" onTap={() => change({ gas_smell: !body.gas_smell })}>
        <Icon name={body.gas_smell ? 'check' : 'hazards'} size={24} /><span>{t('emergency.gas_smell')}</span>
      </Tappable>
      {body.gas_smell && <NoteLine tone="stop" icon="hazards" role="alert"><p class="strong" data-testid="emergency-leave-first">{t('emergency.leave_first')}</p></NoteLine>}
      <CallButtons gas={known.gas} onCall={call} />
      <section class="card" aria-label={t('emergency.calls')}><CallList calls={body.calls} /><NoPersons /></section>
      <GridChoice value={body.grid_id} onPick={(grid_id) => change({ grid_id })} locked={!!body.correcting} />
      <MatterChoice matters={known.matters} usual={usualMatters(known.matters, known.records, store.session.person.id, body.grid_id, 'emergency')} value={matter} onPick={(one) => change({ matter_code: one?.code })} />
      {matter && (
        <div class="card"><PhotosField policy={matter.photo_policy} reason={matter.photo_reason} document={matter.photo_document} photos={body.photos} gap={body.photo_gap}
          onPhotos={(edit) => change({ photos: edit(draft.newest().photos) })} onGap={(photo_gap) => change({ photo_gap })} /></div>
      )}
      <div class="card"><PlaceField grid={grid} place={body.place} words={body.place_words} looking={looking} onPlace={(place) => change({ place })} onWords={(place_words) => change({ place_words })} onLocate={locate} /></div>
      <div class="card">
        <TextField long label={`${t('form.note')} ${t('form.optional')}`} value={body.note} onText={(note) => change({ note })} hint={<><NoPersons /><SafetyLine /></>} testid="note" />
        {!body.correcting && <ObstructedChip on={body.obstructed} onFlip={(obstructed) => change({ obstructed })} />}
      </div>
    </FormFrame>
  );
}

/** Stands here always: what happened is told, never to whom. */
function NoPersons() {
  return <p class="never"><Icon name="obstructed" size={18} /><span>{t('emergency.no_persons')}</span></p>;
}
