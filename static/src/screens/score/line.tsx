/** One line of a sheet, opened by a tap: formula with its numbers, clause, records; the objection in two taps. */
import { useState } from 'preact/hooks';
import type { Line, Source } from '../../evaluation/shapes';
import { MOST_EVIDENCE, MOST_WORDS, REASONS, isDisputed, mayBeEvidence, mayObject, objectTo, objectionsTo, sayMore, type Objection, type ScoreSheet } from '../../records/scores';
import { SafetyLine } from '../../records/safety_line';
import { tellSaved } from '../../records/save';
import { useLive, useStore } from '../../records/store_context';
import { Said, Zh, kindWord } from '../../records/words';
import { sayDay, today } from '../../text/days';
import { s, sWord } from '../../text/scores';
import { language } from '../../text/text';
import { Button, Tappable } from '../../ui/button';
import { AnyOf } from '../../ui/chips';
import { TextField } from '../../ui/field';
import { Icon } from '../../ui/icons';
import { go } from '../../ui/route';
import { Tag } from '../../ui/tag';

const MOST_SHOWN = 60;

export function ScoreLine({ sheet, line }: { sheet: ScoreSheet; line: Line }) {
  const [open, setOpen] = useState(false);
  const disputed = isDisputed(sheet, line);
  const body = `line-${line.indicator}`;
  return (
    <section class="card flat" data-testid="score-line" data-indicator={line.indicator} data-disputed={String(disputed)} data-points={line.points}>
      <Tappable class="row" aria-expanded={open} aria-controls={body} data-testid={`score-open-${line.indicator}`} onTap={() => setOpen(!open)}>
        <span class="grow"><span class="title">{language.value === 'en' ? line.title_en : line.title_zh}</span>{disputed && <Tag tone="wait" icon="waiting">{s('line.disputed')}</Tag>}</span>
        <span class="strong">{line.state === 'no_opportunity' || line.state === 'too_few' ? s('line.none') : line.type === 'deduction' ? s('line.taken', { n: line.points.replace('-', '') }) : s('line.points', { points: line.points, max: line.max })}</span>
        <Icon name={open ? 'close' : 'go'} size={20} />
      </Tappable>
      {open && (
        <div id={body} class="stack" style="padding:0 16px 16px">
          {line.state !== 'scored' && <p class="strong">{s(`state.${line.state}`)}</p>}
          <p><span class="quiet">{s('formula')}</span><br /><span data-testid="score-formula">{line.formula} = {line.points}</span></p>
          <p><span class="quiet">{s('clause')}</span><br /><Zh>{line.clause}</Zh></p>
          <Evidence sources={line.sources} />
          <Objections sheet={sheet} indicator={line.indicator} />
        </div>
      )}
    </section>
  );
}

function Evidence({ sources }: { sources: Source[] }) {
  const [all, setAll] = useState(false);
  const here = useLive(async (store) => new Set([...(await store.list('record', { limit: 1000 })), ...(await store.list('task'))].map((row) => row.id)), ['record', 'task']);
  if (!sources.length) return <p class="quiet" data-testid="score-evidence">{s('no_evidence')}</p>;
  return (
    <div data-testid="score-evidence">
      <p class="quiet">{s('evidence', { n: sources.length })}</p>
      <div class="rows">
        {sources.slice(0, all ? sources.length : MOST_SHOWN).map((source) => <OneSource key={`${source.kind} ${source.id}`} source={source} isHere={!!here?.has(idOf(source))} />)}
      </div>
      {!all && sources.length > MOST_SHOWN && <Button wide onTap={() => setAll(true)}>{s('evidence', { n: sources.length })}</Button>}
    </div>
  );
}
const idOf = (source: Source): string => source.id.split('/')[0] ?? '';

function OneSource({ source, isHere }: { source: Source; isHere: boolean }) {
  const words = <><span class="grow">{sWord('source', source.kind)}</span><span class="quiet">{sWord('as', source.as)}</span></>;
  if (!isHere) return <div class="row" data-testid="score-source" data-id={source.id}>{words}</div>;
  return <Tappable class="row" data-testid="score-source" data-id={source.id} onTap={() => go(`/${source.kind === 'task' ? 'task' : 'record'}/${idOf(source)}`)}>{words}<Icon name="go" size={20} /></Tappable>;
}

/** Objections to a line or a veto, and the button for one more. */
export function Objections({ sheet, indicator }: { sheet: ScoreSheet; indicator: string }) {
  return <>{objectionsTo(sheet, indicator).map((one) => <Told key={one.id} sheet={sheet} objection={one} />)}{mayObject(sheet, indicator, today()) && <Objecting sheet={sheet} indicator={indicator} />}</>;
}

function Objecting({ sheet, indicator }: { sheet: ScoreSheet; indicator: string }) {
  const store = useStore();
  const [asking, setAsking] = useState(false);
  const again = objectionsTo(sheet, indicator).length > 0;
  if (!asking) return <Button wide kind="act" icon="refused" data-testid="objection-open" onTap={() => setAsking(true)}>{s(again ? 'object_again' : 'object')}</Button>;
  return (
    <div class="stack-s" role="group" aria-label={s('object.which')}>
      <p class="strong">{s('object.which')}</p>
      {REASONS.map((reason) => <Button key={reason} wide data-testid={`objection-${reason}`} onTap={async () => { if (tellSaved(await objectTo(store, sheet, indicator, reason, Date.now()), s('object.saved'))) setAsking(false); }}>{s(`reason.${reason}`)}</Button>)}
    </div>
  );
}

function Told({ sheet, objection }: { sheet: ScoreSheet; objection: Objection }) {
  const { outcome, answer_by, answer_words, stage, reason } = objection;
  return (
    <div class="note-line plain" data-testid="objection" data-outcome={outcome ?? 'open'} data-stage={stage}>
      <div class="grow stack-s">
        <p class="strong">{s(stage === 2 ? 'again' : 'objected')}：{s(`reason.${reason}`)}</p>
        {outcome ? <p class="strong">{s(`outcome.${outcome}`)}</p> : answer_by && <p class="quiet">{s('answer_by', { day: sayDay(answer_by) })}</p>}
        {answer_words && <p><Said>{answer_words}</Said></p>}
        {objection.words && <p><Zh>{objection.words}</Zh></p>}
        {!outcome && <More sheet={sheet} objection={objection} />}
      </div>
    </div>
  );
}

function More({ sheet, objection }: { sheet: ScoreSheet; objection: Objection }) {
  const store = useStore();
  const [words, setWords] = useState(objection.words ?? '');
  const [evidence, setEvidence] = useState(objection.evidence ?? []);
  const [choosing, setChoosing] = useState(evidence.length > 0);
  const fault = [...words.trim()].length > MOST_WORDS ? s('words.too_long', { n: MOST_WORDS }) : undefined;
  const send = async () => { if ((words.trim() || evidence.length || objection.evidence?.length) && !fault) tellSaved(await sayMore(store, sheet, objection, words.trim(), evidence), s('words.saved')); };
  return (
    <>
      <TextField long label={s('words')} value={words} onText={setWords} hint={<SafetyLine />} error={fault} testid="objection-words" />
      {choosing ? <Evident sheet={sheet} chosen={evidence} onPick={(ids) => setEvidence(ids.slice(0, MOST_EVIDENCE))} /> : <Button wide icon="add" data-testid="objection-attach" onTap={() => setChoosing(true)}>{s('attach')}</Button>}
      <Button wide icon="check" data-testid="objection-say" onTap={send}>{s('words.send')}</Button>
    </>
  );
}

function Evident({ sheet, chosen, onPick }: { sheet: ScoreSheet; chosen: string[]; onPick: (ids: string[]) => void }) {
  const records = useLive((store) => mayBeEvidence(store, sheet), ['record']);
  if (!records) return null;
  if (!records.length) return <p class="quiet">{s('attach.none')}</p>;
  const choices = records.map((one) => ({ value: one.id, label: `${sayDay(one.day)} ${kindWord(one.kind)}${one.matter_code ? ` ${one.matter_code}` : ''}`, testid: 'objection-evidence' }));
  return <AnyOf label={s('attach.which', { n: MOST_EVIDENCE })} showLabel layout="column" choices={choices} values={chosen} onPick={onPick} />;
}
