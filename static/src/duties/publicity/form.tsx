/** The publicity form: the matter, how many were reached, a photo if its policy allows one, a note. */
import { useState } from 'preact/hooks';
import { forColleague, toldFor } from '../../records/behalf';
import { useDraft } from '../../records/draft';
import { mattersFor } from '../../records/envelope';
import { DropDraft, FormFrame } from '../../records/form_frame';
import { GridChoice, chosenGrid } from '../../records/grid_choice';
import * as lists from '../../records/lists';
import { MatterChoice } from '../../records/matter_choice';
import { ObstructedChip, PhotosField } from '../../records/photos_field';
import { SafetyLine } from '../../records/safety_line';
import { tellHeld, tellSaved } from '../../records/save';
import type { Matter } from '../../records/shapes';
import { useLive, useStore } from '../../records/store_context';
import { usualMatters } from '../../records/usual';
import { t } from '../../text/text';
import { CountField } from '../../ui/count';
import { TextField } from '../../ui/field';
import { go, replaceWith } from '../../ui/route';
import { toast } from '../../ui/toast';
import { savePublicity } from './actions';
import { dueKey, freshDraft, isWorthKeeping, missing, type PublicityDraft } from './rules';

const MOST = 99_999;

export default function PublicityForm({ id }: { id: string }) {
  const store = useStore();
  const draft = useDraft<PublicityDraft>(id, 'publicity', async () => forColleague(freshDraft(await chosenGrid(store))), isWorthKeeping);
  const known = useLive(async (s) => ({ matters: toldFor(await lists.mattersInForce(s, 'publicity'), draft?.body.on_behalf), all: await lists.matterByCode(s), records: await lists.records(s) }), ['matter']);
  const [asked, setAsked] = useState(false);
  if (!draft || !known) return null;
  const { body, change } = draft;
  const isAgain = !!(body.correcting || body.replaces);
  const offered = mattersFor(known.matters, body.correcting);
  // a record that has arrived may keep a matter that was withdrawn since
  const matterOf = (of: typeof body) => (of.correcting ? known.all.get(of.matter_code ?? '') : known.matters.find((one) => one.code === of.matter_code));
  const matter = matterOf(body);
  const need = asked ? missing(body) : undefined;
  const save = async () => {
    setAsked(true);
    const final = draft.newest(), lacks = missing(final);
    if (lacks) { toast(t(`publicity.missing_${lacks}`)); return; }
    await draft.close();
    const done = await savePublicity(store, id, final, matterOf(final));
    if (done.saved && !isAgain) {
      tellHeld(store, done.mutation_id, t(done.in_memory_only ? 'save.in_memory' : 'save.held'), () => { void store.keepDraft({ id, form: 'publicity', body: final as unknown as Record<string, unknown> }).then(() => go(`/log/publicity/${id}`)); });
    } else if (!tellSaved(done)) { draft.reopen(); return; }
    replaceWith(isAgain ? `#/record/${id}` : '#/');
  };
  const count = (name: 'people' | 'households') => (
    <CountField label={t(`publicity.${name}`)} name={name} value={body[name]} most={MOST} addWord={(n) => t('form.add_n', { n })} clearWord={t('form.clear')} onCount={(value) => change({ [name]: value })} />
  );
  return (
    <FormFrame corrects={!!body.correcting && id} behalf={draft} onSave={save} saveWord={body.correcting ? t('act.save_and_send_again') : t('act.save')} drop={isWorthKeeping(body) && <DropDraft id={id} draft={draft} isCorrection={isAgain} />}>
      <GridChoice value={body.grid_id} onPick={(grid_id) => change({ grid_id })} locked={!!body.correcting} />
      <MatterChoice matters={offered} usual={usualMatters(offered, known.records, store.session.person.id, body.grid_id, 'publicity')} value={matter}
        onPick={(one) => change({ matter_code: one?.code })} error={need === 'matter' ? t('form.choose_matter') : undefined} />
      {matter && <DueLine matter={matter} />}
      <div class="card">
        {need === 'reached' && <p class="never" role="alert">{t('publicity.missing_reached')}</p>}
        {count('people')}
        {count('households')}
        <p class="quiet">{t('publicity.no_names')}</p>
      </div>
      {matter && (
        <div class="card"><PhotosField policy={matter.photo_policy} reason={matter.photo_reason} document={matter.photo_document} photos={body.photos} gap={body.photo_gap} onPhotos={(edit) => change({ photos: edit(draft.newest().photos) })} onGap={(photo_gap) => change({ photo_gap })} /></div>
      )}
      <div class="card">
        <TextField long label={`${t('form.note')} ${t('form.optional')}`} value={body.note} onText={(note) => change({ note })} hint={<SafetyLine />} testid="note" />
        {!body.correcting && <ObstructedChip on={body.obstructed} onFlip={(obstructed) => change({ obstructed })} />}
      </div>
    </FormFrame>
  );
}

/** What the matter itself says about when: nothing to fill in. */
function DueLine({ matter }: { matter: Matter }) {
  const key = dueKey(matter);
  return key ? <p class="quiet" data-testid="publicity-due">{t(key, { n: matter.deadline ?? 0 })}</p> : null;
}
