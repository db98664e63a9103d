/** The mediation form: may it be mediated here? then who, what and the outcome, then the page to check it. */
import { useEffect, useState } from 'preact/hooks';
import { useDraft } from '../../records/draft';
import { ownRow } from '../../records/envelope';
import { DropDraft } from '../../records/form_frame';
import { GridChoice, chosenGrid } from '../../records/grid_choice';
import * as lists from '../../records/lists';
import { MatterChoice } from '../../records/matter_choice';
import { ObstructedChip } from '../../records/photos_field';
import { SafetyLine } from '../../records/safety_line';
import { tellSaved } from '../../records/save';
import type { RecordRow } from '../../records/shapes';
import { useLive, useStore } from '../../records/store_context';
import { usualMatters } from '../../records/usual';
import { WhyReturned } from '../../records/why_returned';
import { MatterName } from '../../records/words';
import { today } from '../../text/days';
import { m } from '../../text/mediations';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { TextField } from '../../ui/field';
import { PinnedBar } from '../../ui/dock';
import { replaceWith } from '../../ui/route';
import { toast } from '../../ui/toast';
import { saveMediation } from './actions';
import { MediationCard } from './card';
import { Fit } from './fit';
import { OutcomeField } from './outcome_field';
import { PartiesField } from './parties_field';
import { bodyFor, freshDraft, isReferral, isWorthKeeping, mattersToChoose, missing, withMatter, withOutcome, type MediationDraft } from './rules';
import { TurnWords } from './turn_words';
import { Shown, readWho, WhoSees } from './who_sees';

export default function MediationForm({ id }: { id: string }) {
  const store = useStore();
  const me = store.session.person.id;
  const draft = useDraft<MediationDraft>(id, 'mediation', async () => freshDraft(await chosenGrid(store)), isWorthKeeping);
  const body = draft?.body;
  const known = useLive(async (s) => ({
    matters: mattersToChoose(await lists.mattersInForce(s, 'mediations')), all: await lists.matterByCode(s), records: await lists.records(s), who: await readWho(s, body?.grid_id),
  }), ['matter', 'staff', 'team'], [body?.grid_id]);
  const [asked, setAsked] = useState(false);
  const stage = body?.stage;
  useEffect(() => { window.scrollTo(0, 0); }, [stage]);
  if (!draft || !body || !known) return null;
  const { change } = draft;
  // a record that has arrived keeps its matter, also one that was withdrawn since
  const matter = body.correcting ? known.all.get(body.matter_code ?? '') : known.matters.find((one) => one.code === body.matter_code);
  const need = asked ? missing(body) : undefined;
  const isAgain = !!(body.correcting || body.replaces);
  const drop = isWorthKeeping(body) && <DropDraft id={id} draft={draft} isCorrection={isAgain} />;
  const check = () => {
    setAsked(true);
    const lacks = missing(draft.newest());
    if (lacks) toast(lacks === 'matter' ? t('form.choose_matter') : m(`missing.${lacks}`));
    else change({ stage: 'check' });
  };
  const save = async () => {
    const final = draft.newest();
    await draft.close();
    if (tellSaved(await saveMediation(store, id, final, matter))) replaceWith(isAgain ? `#/record/${id}` : '#/today');
    else draft.reopen();
  };

  if (stage === 'fit') return <Fit unsuited={body.unsuited} onPick={(unsuited) => change({ unsuited })} onGo={() => change({ stage: 'form' })} drop={drop} />;
  if (stage === 'check') {
    const shows = { ...ownRow(store.session, { id, kind: 'mediation', grid_id: body.grid_id, acted_at: Date.now(), body: bodyFor(body), photos: [], matter, obstructed: body.obstructed }), delivery: 'saved', photos_waiting: 0 } as RecordRow;
    return (
      <div class="stack">
        <h2>{m('check.title')}</h2>
        <p class="quiet">{m('check.hint')}</p>
        <section class="card"><p class="strong"><MatterName matter={matter} /></p><MediationCard record={shows} parties={<Shown parties={bodyFor(body).parties} />} /></section>
        <WhoSees who={known.who} />
        <PinnedBar label={t('form.acts')}>
          <Button data-testid="check-back" onTap={() => change({ stage: 'form' })}>{m('check.back')}</Button>
          <Button kind="primary" icon="check" data-testid="save" onTap={save}>{body.correcting ? t('act.save_and_send_again') : t('act.save')}</Button>
        </PinnedBar>
      </div>
    );
  }
  const referral = isReferral(body);
  return (
    <div class="stack">
      {body.correcting && <WhyReturned id={id} />}
      <GridChoice value={body.grid_id} onPick={(grid_id) => change({ grid_id })} locked={!!body.correcting} />
      <MatterChoice matters={known.matters} usual={usualMatters(known.matters, known.records, me, body.grid_id, 'mediation')} value={matter} locked={!!body.correcting}
        onPick={(one) => change(withMatter(draft.newest(), one, today()))} error={need === 'matter' ? t('form.choose_matter') : undefined} />
      {referral && <TurnWords unsuited={body.unsuited} />}
      <Button icon="mediations" data-testid="fit-again" onTap={() => change({ stage: 'fit' })}>{m('fit.again')}</Button>
      {!referral && <p class="quiet">{m('note.rights')}</p>}
      <PartiesField parties={body.parties} isOptional={referral} error={need === 'party' ? m('missing.party') : undefined} onParties={(edit) => change({ parties: edit(draft.newest().parties) })} />
      <div class="card">
        <TextField long label={`${m('note.label')} ${t('form.optional')}`} value={body.note} onText={(note) => change({ note })} hint={<SafetyLine />} testid="note" />
        {!body.correcting && <ObstructedChip on={body.obstructed} onFlip={(obstructed) => change({ obstructed })} />}
      </div>
      {!referral && <OutcomeField title={m('outcome.title')} open={m('outcome.open')} outcome={body.outcome} revisit_on={body.revisit_on} error={need === 'outcome' ? m('missing.outcome') : undefined}
        onOutcome={(outcome) => change(withOutcome(outcome, matter, today()))} onDay={(revisit_on) => change({ revisit_on })} />}
      <WhoSees who={known.who} />
      {drop}
      <PinnedBar label={t('form.acts')}><Button kind="primary" icon="go" data-testid="check" onTap={check}>{m('check.go')}</Button></PinnedBar>
    </div>
  );
}
