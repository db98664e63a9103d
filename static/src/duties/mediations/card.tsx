/** A mediation as a reader sees it: what came of it, who (masked), what was agreed, how it went on. */
import type { Matter, MediationBody, MediationStep, RecordRow } from '../../records/shapes';
import { Zh } from '../../records/words';
import { sayDay, sayMoment } from '../../text/days';
import { m } from '../../text/mediations';
import { t } from '../../text/text';
import { NoteLine, Tag } from '../../ui/tag';
import { Parties } from './parties';
import { TurnWords } from './turn_words';

export function MediationCard({ record, parties }: { record: RecordRow; matter?: Matter | undefined; parties?: preact.ComponentChildren }) {
  const body = record.body as unknown as MediationBody;
  return (
    <div class="stack-s" data-testid="mediation-card">
      <p class="line"><OutcomeTag body={body} />{body.revisit_on && <Tag tone="wait" icon="waiting">{m('revisit.due', { day: sayDay(body.revisit_on) })}</Tag>}</p>
      {parties ?? <Parties record={record} />}
      <dl class="facts">
        {body.note && <><dt>{t('form.note')}</dt><dd><Zh>{body.note}</Zh></dd></>}
        {record.obstructed && <><dt>{t('form.hindrance')}</dt><dd>{t('form.obstructed')}</dd></>}
      </dl>
      {body.outcome === 'told' ? <TurnWords unsuited={body.unsuited ?? []} /> : body.outcome && <p>{m(`after.${body.outcome}`)}</p>}
      {!!body.steps?.length && <ol class="steps" aria-label={m('step.steps')}>{body.steps.map((step) => <StepLine key={step.id} step={step} />)}</ol>}
      <NoteLine tone="plain" icon="information"><p class="strong">{m('record.is')}</p><p>{m('record.is_not')}</p></NoteLine>
    </div>
  );
}

function OutcomeTag({ body }: { body: MediationBody }) {
  if (!body.outcome) return <Tag tone="wait" icon="mediations">{m('outcome.open')}</Tag>;
  const tone = body.outcome === 'oral' || body.outcome === 'written' ? 'ok' : 'plain';
  return <Tag tone={tone} icon={tone === 'ok' ? 'check' : 'information'}>{m(`outcome.${body.outcome}`)}</Tag>;
}

function StepLine({ step }: { step: MediationStep }) {
  const head = step.kept === undefined ? (step.outcome ? m(`outcome.${step.outcome}`) : m('step.words')) : `${m('revisit.title')} · ${step.kept ? m('revisit.kept') : m('revisit.not_kept')}`;
  return <li><span class="strong">{head}</span> · <Zh>{step.by_name}</Zh><span class="quiet" style="display:block">{sayMoment(step.at)}</span>{step.words && <Zh>{step.words}</Zh>}</li>;
}
