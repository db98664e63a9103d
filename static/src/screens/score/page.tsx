/** One sheet: the total, whether this phone comes to the same, each line down to its records, objections, earlier versions. */
import { useEffect, useState } from 'preact/hooks';
import type { RuleSet } from '../../evaluation/shapes';
import { ruleSetOf, scoreSheet, scoreSheets, type RuleSetRow, type ScoreSheet } from '../../records/scores';
import { useLive } from '../../records/store_context';
import { Said } from '../../records/words';
import { sayDay, sayMoment, today } from '../../text/days';
import { s } from '../../text/scores';
import { language } from '../../text/text';
import { Button } from '../../ui/button';
import { go } from '../../ui/route';
import { Empty, NoteLine } from '../../ui/tag';
import { Objections, ScoreLine } from './line';
import { recompute } from './reckoning';

export function ScorePage({ id }: { id: string }) {
  const known = useLive(async (store) => {
    const sheet = await scoreSheet(store, id);
    return { sheet, rules: sheet && (await ruleSetOf(store, sheet)), all: await scoreSheets(store) };
  }, ['score_sheet', 'rule_set', 'outbox'], [id]);
  if (!known) return null;
  const { sheet, rules, all } = known;
  return (
    <>
      <Button icon="back" data-testid="score-back" onTap={() => go('/records')}>{s('back')}</Button>
      {sheet ? <Whole sheet={sheet} rules={rules} all={all} /> : <Empty icon="records"><p>{s('none')}</p></Empty>}
    </>
  );
}

function Whole({ sheet, rules, all }: { sheet: ScoreSheet; rules: RuleSetRow | undefined; all: ScoreSheet[] }) {
  const { total, status, grade, lines } = sheet.sheet;
  const english = language.value === 'en';
  const unit = rules ? (english ? rules.body.unit_en : rules.body.unit_zh) : '';
  const titleOf = (code: string) => { const found = rules?.body.grades.find((one) => one.code === code); return found ? (english ? found.title_en : found.title_zh) : code; };
  return (
    <>
      <section class="card" aria-label={s('title')}>
        <h2>{s('title')} {sheet.period}</h2>
        <p class="number" data-testid="score-total" data-total={total ?? ''}>{total === null ? s('no_total') : s('total', { n: total, unit })}</p>
        {status !== 'graded' && <p class="strong">{s(`status.${status}`)}</p>}
        {grade && <p><Said>{s('grade', { grade: titleOf(grade) })}</Said></p>}
        <Agreement sheet={sheet} rules={rules} />
        {rules && <p class="quiet"><Said>{s('under', { title: english ? rules.body.title_en : rules.title, document: rules.body.document_no })}</Said></p>}
        {sheet.object_until && <p class="quiet">{today() <= sheet.object_until ? s('until', { day: sayDay(sheet.object_until) }) : s('closed')}</p>}
        {sheet.average && <p class="quiet">{s('average', { n: sheet.average })}</p>}
      </section>
      <Proposed sheet={sheet} />
      {lines.map((line) => <ScoreLine key={line.indicator} sheet={sheet} line={line} />)}
      <Earlier sheet={sheet} />
      {all.length > 1 && (
        <section class="card" aria-label={s('trend')}><h2>{s('trend')}</h2>{all.map((one) => <p key={one.id} class="line"><span class="grow">{one.period}</span><span class="strong">{one.sheet.total ?? '–'}</span></p>)}</section>
      )}
    </>
  );
}

/** The phone's own computation is fetched when a sheet is opened: it shares no code with the server's. */
function Agreement({ sheet, rules }: { sheet: ScoreSheet; rules: RuleSetRow | undefined }) {
  const [agrees, setAgrees] = useState<boolean>();
  useEffect(() => {
    let alive = true;
    setAgrees(undefined);
    if (rules) void recompute(sheet.facts, rules.body as RuleSet, sheet.sheet).then((found) => { if (alive) setAgrees(found.agrees); }, () => undefined);
    return () => { alive = false; };
  }, [sheet.id, sheet.sheet_sha256, rules?.sha256]);
  const said = !rules ? 'no_rules' : agrees === undefined ? 'checking' : agrees ? 'agrees' : 'differs';
  return <div data-testid="score-agrees" data-agrees={String(agrees)}><NoteLine tone={agrees ? 'ok' : agrees === false ? 'stop' : 'plain'} icon={agrees ? 'check' : agrees === false ? 'refused' : 'waiting'} role="status"><p>{s(said)}</p></NoteLine></div>;
}

function Proposed({ sheet }: { sheet: ScoreSheet }) {
  const found = sheet.sheet.proposals;
  if (!found.length) return null;
  return <section class="card" aria-label={s('proposal')}><h2>{s('proposal')}</h2>{found.map((one) => <div key={one.indicator} class="stack-s" data-testid={`proposal-${one.indicator}`}><p>{s(`proposal.${one.kind}`)} · <Said>{one.clause}</Said></p>{one.kind === 'veto' && <Objections sheet={sheet} indicator={one.indicator} />}</div>)}</section>;
}

function Earlier({ sheet }: { sheet: ScoreSheet }) {
  if (!sheet.earlier.length) return null;
  return <section class="card" aria-label={s('earlier')} data-testid="score-earlier"><h2>{s('earlier')}</h2>{sheet.earlier.map((one) => <p key={one.version}>{s('earlier.one', { n: one.version, when: sayMoment(one.at), total: one.total ?? '–' })}</p>)}</section>;
}
