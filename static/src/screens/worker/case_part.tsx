/** On the page of a record: what became of it, who is on it, until when, each step; the grid's leader verifies the result. */
import { useState } from 'preact/hooks';
import { caseOf, mayVerify, verify, MOST_WORDS, type Case, type CaseStep } from '../../records/cases';
import { PhotoImage } from '../../records/photo';
import { SafetyLine } from '../../records/safety_line';
import { tellHeld, tellSaved } from '../../records/save';
import { useLive, useStore } from '../../records/store_context';
import { Said, Zh } from '../../records/words';
import type { Id, SaveResult } from '../../store/api';
import { c, zh, type CaseKey } from '../../text/cases';
import { sayDay, sayMoment } from '../../text/days';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { TextField } from '../../ui/field';
import { Sheet } from '../../ui/sheet';
import { NoteLine, Tag } from '../../ui/tag';

export function CasePart({ record }: { record: Id }) {
  const store = useStore();
  const [returning, setReturning] = useState(false);
  const one = useLive((s) => caseOf(s, record), ['case'], [record]);
  if (!one) return null;
  const done = (result: SaveResult, words: string) => { if (result.saved) tellHeld(store, result.mutation_id, words, () => {}); else tellSaved(result); };
  const helpers = [...(one.grid_helps ? [c('the_grid')] : []), ...one.helpers].join('、');
  const result = [...one.steps].reverse().find((step) => step.step === 'reported');
  return (
    <section class="card" data-testid="case" data-state={one.state}>
      <h2>{c('title')}</h2>
      <p class="line"><Tag tone={one.state === 'closed' || one.state === 'verified' ? 'ok' : 'wait'} icon={one.state === 'closed' ? 'check' : 'waiting'}>{word('state', one.state)}</Tag><Due one={one} /></p>
      <p>{one.lead_name ? <Said>{c('lead', { name: one.lead_name })}</Said> : c('no_lead')}</p>
      {helpers && <p class="quiet"><Said>{c('helps', { names: helpers })}</Said></p>}
      {result?.words && <p class="strong" data-testid="case-result"><Said>{c('result', { words: result.words })}</Said></p>}
      {mayVerify(one, store.session) && (
        <NoteLine tone="wait" icon="check"><p class="strong">{c('ask')}</p>{one.verify_by && <p>{c('verify_by', { day: sayDay(one.verify_by) })}</p>}
          <Button kind="act" wide icon="check" data-testid="case-settled" onTap={() => verify(store, one, true).then((result) => done(result, c('verified')))}>{c('settled')}</Button>
          <Button wide icon="returned" data-testid="case-not-settled" onTap={() => setReturning(true)}>{c('not_settled')}</Button>
        </NoteLine>
      )}
      {returning && <NotSettledSheet onClose={() => setReturning(false)} onSend={(words) => { setReturning(false); void verify(store, one, false, words).then((result) => done(result, c('sent_back'))); }} />}
      <h3>{c('history')}</h3>
      <ol class="steps">{one.steps.map((step) => <Step key={`${step.step}${step.at}`} step={step} />)}</ol>
    </section>
  );
}

function Due({ one }: { one: Case }) {
  if (one.state === 'suspended') return <span>{c('stands')}</span>;
  if (!one.due_at || !['accepted', 'assigned', 'in_progress'].includes(one.state)) return null;
  const isLate = one.due_at < Date.now();
  return <Tag tone={isLate ? 'stop' : 'plain'} icon="waiting">{c(isLate ? 'late' : 'due', { when: one.due_day ? sayDay(one.due_day) : sayMoment(one.due_at) })}</Tag>;
}

/** In words; a step or state that this version does not know yet, by its name. */
const word = (kind: 'step' | 'state', name: string): string => (`${kind}.${name}` in zh ? c(`${kind}.${name}` as CaseKey) : name);

function Step({ step }: { step: CaseStep }) {
  return (
    <li>
      <span class="strong">{word('step', step.step)}</span>{step.unit_name ? <> · <Zh>{step.unit_name}</Zh></> : step.step === 'helper_added' && <> · {c('the_grid')}</>}
      <span class="quiet" style="display:block">{sayMoment(step.at)}{step.by_name && <> · <Zh>{step.by_name}</Zh></>}</span>
      {step.words && <span style="display:block"><Zh>{step.words}</Zh></span>}
      {step.photo && <PhotoImage big sha256={step.photo} size="thumb" alt={c('photo')} />}
    </li>
  );
}

function NotSettledSheet({ onClose, onSend }: { onClose: () => void; onSend: (words: string) => void }) {
  const [words, setWords] = useState('');
  const [tried, setTried] = useState(false);
  const said = words.trim();
  const fault = !said ? c('missing') : [...said].length > MOST_WORDS ? c('too_long', { n: MOST_WORDS }) : undefined;
  const send = () => { setTried(true); if (!fault) onSend(said); };
  return (
    <Sheet title={c('not_settled')} closeWord={t('act.close')} onClose={onClose}>
      <TextField long label={c('words')} value={words} onText={setWords} hint={<SafetyLine />} error={tried ? fault : undefined} testid="case-words" />
      <Button kind="primary" wide icon="returned" data-testid="case-send-back" onTap={send}>{c('send')}</Button>
    </Sheet>
  );
}
