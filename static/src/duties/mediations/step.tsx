/** A mediation goes on: another talk, the outcome, or the return visit, whichever it is time for. */
import { useState } from 'preact/hooks';
import { DayChoice } from '../../records/day_choice';
import { useDraft } from '../../records/draft';
import { FormFrame } from '../../records/form_frame';
import * as lists from '../../records/lists';
import { SafetyLine } from '../../records/safety_line';
import { tellSaved } from '../../records/save';
import type { MediationBody } from '../../records/shapes';
import { useLive, useStore } from '../../records/store_context';
import { MatterName } from '../../records/words';
import { today } from '../../text/days';
import { m } from '../../text/mediations';
import { t } from '../../text/text';
import { OneOf } from '../../ui/chips';
import { TextField } from '../../ui/field';
import { replaceWith } from '../../ui/route';
import { Empty } from '../../ui/tag';
import { toast } from '../../ui/toast';
import { saveStep } from './actions';
import { OutcomeField } from './outcome_field';
import { Parties } from './parties';
import { stepKind, stepMissing, withOutcome, type StepDraft } from './rules';

export default function StepForm({ id, mediation }: { id: string; mediation: string }) {
  const store = useStore();
  const draft = useDraft<StepDraft>(id, 'step', async () => ({ mediation, words: '' }), (body) => !!(body.words || body.outcome || body.kept));
  const known = useLive(async (s) => ({ record: await lists.recordById(s, mediation), matters: await lists.matterByCode(s) }), ['record', 'matter'], [mediation]);
  const [asked, setAsked] = useState(false);
  if (!draft || !known) return null;
  const { record } = known;
  if (!record) return <Empty icon="records"><p>{t('record.not_here')}</p></Empty>;
  const matter = known.matters.get(record.matter_code ?? '');
  const before = record.body as unknown as MediationBody;
  const kind = stepKind(before);
  const { body, change } = draft;
  const need = asked ? stepMissing(body, kind) : undefined;
  const save = async () => {
    setAsked(true);
    const final = draft.newest(), lacks = stepMissing(final, kind);
    if (lacks) { toast(m(`missing.${lacks}`)); return; }
    await draft.close();
    if (tellSaved(await saveStep(store, id, record, final))) replaceWith(`#/record/${mediation}`);
    else draft.reopen();
  };
  return (
    <FormFrame onSave={save}>
      <section class="card"><p class="strong"><MatterName matter={matter} code={record.matter_code} short /></p><Parties record={record} /></section>
      {kind === 'revisit' && (
        <div class="card">
          <OneOf label={m('revisit.ask')} showLabel layout="halves" value={body.kept} onPick={(kept) => change({ kept })} choices={(['kept', 'not_kept'] as const).map((value) => ({ value, label: m(`revisit.${value}`), testid: `revisit-${value}` }))} />
          {need && <p class="never" role="alert">{m(`missing.${need}`)}</p>}
          {body.kept === 'not_kept' && <><p role="status">{m('after.none')}</p><DayChoice label={`${m('revisit.again')} ${t('form.optional')}`} value={body.revisit_on} onPick={(revisit_on) => change({ revisit_on })} days={[7, 15, 30]} /></>}
        </div>
      )}
      <div class="card">
        <TextField long label={kind === 'revisit' ? `${t('form.note')} ${t('form.optional')}` : m('step.words')} value={body.words} onText={(words) => change({ words })} hint={<SafetyLine />} testid="note" />
        {kind !== 'revisit' && need && <p class="never" role="alert">{m(`missing.${need}`)}</p>}
      </div>
      {kind === 'talk' && <OutcomeField title={m('step.outcome')} open={m('step.open')} outcome={body.outcome} revisit_on={body.revisit_on} error={undefined} onOutcome={(outcome) => change(withOutcome(outcome, matter, today()))} onDay={(revisit_on) => change({ revisit_on })} />}
    </FormFrame>
  );
}
