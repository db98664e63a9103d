/** The hazard form: matter first, then the photo its policy allows, then what the matter proposes, then the place. */
import { useState } from 'preact/hooks';
import { forColleague, toldFor } from '../../records/behalf';
import { useDraft } from '../../records/draft';
import { mattersFor } from '../../records/envelope';
import { DropDraft, FormFrame } from '../../records/form_frame';
import { GridChoice, chosenGrid } from '../../records/grid_choice';
import * as lists from '../../records/lists';
import { MatterChoice } from '../../records/matter_choice';
import { ObstructedChip, PhotosField } from '../../records/photos_field';
import { PlaceField } from '../../records/place_field';
import { SafetyLine } from '../../records/safety_line';
import { tellSaved } from '../../records/save';
import type { Matter } from '../../records/shapes';
import { useLive, useStore } from '../../records/store_context';
import { useFix } from '../../records/use_fix';
import { usualMatters } from '../../records/usual';
import { t } from '../../text/text';
import { today } from '../../text/days';
import { Switch, TextField } from '../../ui/field';
import { back, replaceWith } from '../../ui/route';
import { toast } from '../../ui/toast';
import { saveHazard } from './actions';
import { NearLine } from './near_line';
import { PresetLine } from './preset_line';
import { freshDraft, isWorthKeeping, missing, presetFor, type HazardDraft } from './rules';

export default function HazardForm({ id, patrol, place }: { id: string; patrol?: string | undefined; place?: string | undefined }) {
  const store = useStore();
  const draft = useDraft<HazardDraft>(id, 'hazard', async () => {
    const fresh = forColleague(freshDraft(await chosenGrid(store), patrol));
    const known = place ? (await lists.places(store)).find((one) => one.id === place) : undefined;
    return known ? { ...fresh, grid_id: known.grid_id, place_id: known.id, place_words: known.name, place: { lng: known.lng, lat: known.lat, source: 'place' } } : fresh;
  }, isWorthKeeping);
  const known = useLive(async (s) => ({ matters: toldFor(await lists.mattersInForce(s, 'hazards'), draft?.body.on_behalf), records: await lists.records(s), grids: await lists.grids(s) }), ['matter', 'grid']);
  const { looking, locate } = useFix(draft, 'hazard');
  const [asked, setAsked] = useState(false);

  if (!draft || !known) return null;
  const { body, change } = draft;
  const matter = known.matters.find((one) => one.code === body.matter_code);
  const offered = mattersFor(known.matters, body.correcting);
  const grid = known.grids.find((one) => one.id === body.grid_id);
  // in a correction what was seen stays as it was; only the advice belongs to the matter
  const proposed = (chosen: Matter) => ({ ...presetFor(chosen, today()), ...(body.correcting ? { severity: body.severity } : {}) });
  const choose = (chosen: Matter | undefined) => change(chosen ? { matter_code: chosen.code, ...(body.matter_code === chosen.code ? {} : { ...proposed(chosen), same_as: undefined }) } : { matter_code: undefined as never, same_as: undefined });
  const save = async () => {
    setAsked(true);
    const final = draft.newest();
    if (missing(final)) { toast(t('form.choose_matter')); return; }
    await draft.close();
    if (tellSaved(await saveHazard(store, id, final, known.matters.find((one) => one.code === final.matter_code)))) {
      if (final.patrol_id && !final.correcting && !final.replaces && (await store.draft(final.patrol_id))) back(`/patrol/${final.patrol_id}`);
      else replaceWith(final.correcting || final.replaces ? `#/record/${id}` : '#/');
    } else draft.reopen();
  };
  return (
    <FormFrame corrects={!!body.correcting && id} behalf={draft} onSave={save} saveWord={body.correcting ? t('act.save_and_send_again') : t('act.save')}
      drop={isWorthKeeping(body) && <DropDraft id={id} draft={draft} isCorrection={!!(body.correcting || body.replaces)} />}>
      <GridChoice value={body.grid_id} onPick={(grid_id) => change({ grid_id, same_as: undefined })} locked={!!body.correcting} />
      <MatterChoice matters={offered} usual={usualMatters(offered, known.records, store.session.person.id, body.grid_id, 'hazard')} value={matter} onPick={choose}
        error={asked && !body.matter_code ? t('form.choose_matter') : undefined} />
      {matter && (
        <>
          <div class="card">
            <PhotosField policy={matter.photo_policy} reason={matter.photo_reason} document={matter.photo_document} photos={body.photos} gap={body.photo_gap}
              onPhotos={(edit) => change({ photos: edit(draft.newest().photos) })} onGap={(photo_gap) => change({ photo_gap })}
              onTaken={(taken) => { if (taken.place && draft.newest().place.source === 'none') change({ place: { ...taken.place, source: 'fix' } }); }} />
          </div>
          {!body.correcting && <NearLine id={id} matter={matter} draft={body} onSame={(same_as) => change({ same_as })} />}
          <PresetLine matter={matter} draft={body} change={change} />
          <div class="card flat"><Switch label={t('hazard.fixed_on_spot')} on={body.fixed_on_spot} onFlip={(fixed_on_spot) => change({ fixed_on_spot })} /></div>
          {body.fixed_on_spot && matter.photo_policy !== 'forbidden' && (
            <div class="card"><PhotosField policy="optional" role="after" label={t('photo.after')} testid="photo-after-input" photos={body.photos} onPhotos={(edit) => change({ photos: edit(draft.newest().photos) })} /></div>
          )}
          <div class="card"><PlaceField grid={grid} place={body.place} words={body.place_words} looking={looking} onPlace={(moved) => change({ place: moved })} onWords={(place_words) => change({ place_words })} onLocate={locate} /></div>
          <div class="card">
            <TextField long label={`${t('form.note')} ${t('form.optional')}`} value={body.note} onText={(note) => change({ note })} hint={<SafetyLine />} testid="note" />
            {!body.correcting && <ObstructedChip on={body.obstructed} onFlip={(obstructed) => change({ obstructed })} />}
          </div>
        </>
      )}
    </FormFrame>
  );
}
