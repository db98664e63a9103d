/** The information form: the matter, then the few fields that it needs, and nothing else. */
import { useState } from 'preact/hooks';
import { forColleague, toldFor } from '../../records/behalf';
import { useDraft } from '../../records/draft';
import { DropDraft, FormFrame } from '../../records/form_frame';
import { GridChoice, chosenGrid } from '../../records/grid_choice';
import { HouseholdSearch } from '../../records/household_search';
import * as lists from '../../records/lists';
import { MatterChoice } from '../../records/matter_choice';
import { ObstructedChip, PhotosField } from '../../records/photos_field';
import { SafetyLine } from '../../records/safety_line';
import { tellHeld, tellSaved } from '../../records/save';
import type { Household, Matter } from '../../records/shapes';
import { useLive, useStore } from '../../records/store_context';
import { usualMatters } from '../../records/usual';
import { WhoCard } from '../../records/who_card';
import { t } from '../../text/text';
import { OneOf } from '../../ui/chips';
import { Switch, TextField } from '../../ui/field';
import { go, replaceWith } from '../../ui/route';
import { NoteLine } from '../../ui/tag';
import { toast } from '../../ui/toast';
import { saveInformation } from './actions';
import { findingsOf, freshDraft, hasRoomFor, isWorthKeeping, missing, needs, withMatter, type Field, type InformationDraft, type Missing } from './rules';

export default function InformationForm({ id }: { id: string }) {
  const store = useStore();
  const me = store.session.person.id;
  const draft = useDraft<InformationDraft>(id, 'information', async () => forColleague(freshDraft(await chosenGrid(store))), isWorthKeeping);
  const body = draft?.body;
  const known = useLive(async (s) => ({
    matters: toldFor(await lists.mattersInForce(s, 'information'), draft?.body.on_behalf), all: await lists.matterByCode(s), records: await lists.records(s),
    isInTeam: (await lists.teams(s)).some((team) => team.purpose === 'care' && team.members.some((member) => member.person_id === me)),
    household: body?.household_id ? ((await s.get('household', body.household_id)) as unknown as Household | undefined) : undefined,
  }), ['matter', 'household', 'team'], [body?.household_id]);
  const [asked, setAsked] = useState(false);
  if (!draft || !body || !known) return null;
  const { change } = draft;
  const isAgain = !!(body.correcting || body.replaces);
  // a record that has arrived keeps its matter, also one that was withdrawn since
  const matterOf = (of: typeof body) => (of.correcting ? known.all.get(of.matter_code ?? '') : known.matters.find((one) => one.code === of.matter_code));
  const matter = matterOf(body);
  const need = asked ? missing(body) : undefined;
  const has = (field: Field) => hasRoomFor(matter?.code, field);
  const label = (words: string, field: Field) => (needs(matter?.code, field) ? words : `${words} ${t('form.optional')}`);
  const save = async () => {
    setAsked(true);
    const final = draft.newest(), lacks = missing(final);
    if (lacks) { toast(t(`information.missing_${lacks}`)); return; }
    await draft.close();
    const done = await saveInformation(store, id, final, matterOf(final));
    if (done.saved && !isAgain) {
      tellHeld(store, done.mutation_id, t(done.in_memory_only ? 'save.in_memory' : 'save.held'), () => { void store.keepDraft({ id, form: 'information', body: final as unknown as Record<string, unknown> }).then(() => go(`/log/information/${id}`)); });
    } else if (!tellSaved(done)) { draft.reopen(); return; }
    replaceWith(isAgain ? `#/record/${id}` : '#/');
  };
  const whose = label(t('information.which_household'), 'household_id');
  const whom = (
    <>
      {body.household_id
        ? <WhoCard household={known.household} place={undefined} label={whose} onOther={body.correcting ? undefined : () => change({ household_id: undefined })} />
        : !body.correcting && <HouseholdSearch plain grid={body.grid_id} label={whose} adding={body.adding} onAdding={(adding) => change({ adding })} onPick={(household) => change({ adding: undefined, household_id: household.id, grid_id: household.grid_id || body.grid_id })} />}
      {need === 'household_id' && <p class="never" role="alert">{t('information.missing_household_id')}</p>}
    </>
  );
  return (
    <FormFrame corrects={!!body.correcting && id} behalf={draft} onSave={save} saveWord={body.correcting ? t('act.save_and_send_again') : t('act.save')} drop={isWorthKeeping(body) && <DropDraft id={id} draft={draft} isCorrection={isAgain} />}>
      {!(body.household_id && has('household_id')) && <GridChoice value={body.grid_id} onPick={(grid_id) => change({ grid_id })} locked={!!body.correcting} />}
      <MatterChoice matters={known.matters} usual={usualMatters(known.matters, known.records, me, body.grid_id, 'information')} value={matter} locked={!!body.correcting}
        onPick={(one) => change(withMatter(draft.newest(), one?.code))} error={need === 'matter' ? t('form.choose_matter') : undefined} />
      {matter?.data_class === 'S' && <TeamLine isInTeam={known.isInTeam} />}
      {needs(matter?.code, 'household_id') && whom}
      {matter && (
        <>
          <Facts draft={body} matter={matter} need={need} has={has} change={change} />
          <div class="card"><PhotosField policy={matter.photo_policy} reason={matter.photo_reason} document={matter.photo_document} photos={body.photos} gap={body.photo_gap} onPhotos={(edit) => change({ photos: edit(draft.newest().photos) })} onGap={(photo_gap) => change({ photo_gap })} /></div>
          <div class="card">
            <TextField long label={label(needs(matter.code, 'note') ? t('information.words') : t('form.note'), 'note')} value={body.note} onText={(note) => change({ note })} error={need === 'note' ? t('information.missing_note') : undefined}
              hint={<><span class="quiet" style="display:block">{t('information.least')}</span><SafetyLine /></>} testid="note" />
            {!body.correcting && <ObstructedChip on={body.obstructed} onFlip={(obstructed) => change({ obstructed })} />}
          </div>
          {has('wants_answer') && <div class="card flat"><Switch label={t('information.wants_answer')} on={body.wants_answer} onFlip={(wants_answer) => change({ wants_answer })} {...(has('household_id') ? { hint: t('information.answer_hint') } : {})} /></div>}
          {has('household_id') && !needs(matter.code, 'household_id') && whom}
        </>
      )}
    </FormFrame>
  );
}

interface FactsProps { draft: InformationDraft; matter: Matter; need: Missing | undefined; has: (field: Field) => boolean; change: (part: Partial<InformationDraft>) => void }

/** What was found, of which business, where: each only if the matter has room for it. */
function Facts({ draft, matter, need, has, change }: FactsProps) {
  if (!has('finding') && !has('business_name') && !has('place_words')) return null;
  return (
    <div class="card">
      {has('finding') && <OneOf label={t('information.finding')} showLabel layout="column" value={draft.finding} onPick={(finding) => change({ finding })} choices={findingsOf(matter.code).map((value) => ({ value, label: t(`finding.${value}`), testid: `finding-${value}` }))} />}
      {need === 'finding' && <p class="never" role="alert">{t('information.missing_finding')}</p>}
      {has('business_name') && <TextField label={t('information.business')} value={draft.business_name} onText={(business_name) => change({ business_name })} error={need === 'business_name' ? t('form.needed') : undefined} testid="business-name" rest={{ maxLength: 80 }} />}
      {has('place_words') && <TextField label={t('information.where')} value={draft.place_words} onText={(place_words) => change({ place_words })} hint={has('business_name') ? undefined : t('information.where_hint')} error={need === 'place_words' ? t('form.needed') : undefined} testid="place-words" rest={{ maxLength: 200 }} />}
    </div>
  );
}

/** Class S: who will see it; and, for whoever is in no team, that it cannot be taken in yet. */
function TeamLine({ isInTeam }: { isInTeam: boolean }) {
  return isInTeam ? <NoteLine tone="plain" icon="information">{t('information.team_only')}</NoteLine> : <NoteLine tone="wait" icon="information"><span data-testid="no-team">{t('information.no_team')}</span></NoteLine>;
}
