/** 审核: one card at a time, two pinned buttons, the next card by itself, five seconds to take it back. */
import { useEffect, useRef, useState } from 'preact/hooks';
import * as lists from '../../records/lists';
import { HOLD_MS, tellHeld, tellSaved } from '../../records/save';
import { useNotedLook } from '../../records/sensitive';
import type { RecordRow } from '../../records/shapes';
import { kindWord } from '../../records/words';
import { useLive, useStore } from '../../records/store_context';
import type { SaveResult } from '../../store/api';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { go } from '../../ui/route';
import { Empty } from '../../ui/tag';
import { noteAct } from '../../ui/tap';
import { Alarms } from './alarms';
import { ApprovalCard } from './approval_card';
import { BatchSheet } from './batch_sheet';
import { lowRisk, toReview, toRule } from './decisions';
import * as decisions from './decisions';
import { GridFilter } from './grid_filter';
import { ReturnSheet } from './return_sheet';
import { RuleSheet } from './rule_sheet';
import { DeckDock } from './deck_dock';

const UNSEEN_PX = 260; // the bars at the bottom, and a card's first lines

export default function Approvals() {
  const store = useStore();
  const [only, setOnly] = useState<string>();
  const [decided, setDecided] = useState<string[]>([]);
  const [later, setLater] = useState<string[]>([]);
  const [sheet, setSheet] = useState<'return' | 'rule' | 'batch'>();
  const card = useRef<HTMLDivElement>(null);
  const known = useLive(async (s) => {
    const [waiting, disputed, teams, matters, grids] = await Promise.all([lists.records(s, { state: 'waiting' }), lists.records(s, { state: 'disputed' }), lists.teams(s), lists.matterByCode(s), lists.grids(s)]);
    return { matters, grids, deck: [...toRule(disputed, s.session, teams), ...toReview(waiting, s.session, teams)] };
  }, ['record', 'team', 'matter', 'grid']);
  const isBelow = useIsBelow(card, known);
  const open = (known?.deck ?? []).filter((record) => !decided.includes(record.id) && (!only || record.grid_id === only));
  const deck = [...open.filter((record) => !later.includes(record.id)), ...later.flatMap((id) => open.filter((record) => record.id === id))]; // put off last comes last, also when all were
  const record = deck[0];
  const matter = known?.matters.get(record?.matter_code ?? '');
  const veil = useNotedLook('record', record?.id, !!record?.team_id || matter?.data_class === 'S');
  if (!known) return null;
  const easy = lowRisk(open, known.matters);
  const isFetched = known.matters.size > 0;

  const settled = (ids: string[], results: SaveResult[], words: string) => {
    const held = results.flatMap((result) => (result.saved ? [result.mutation_id] : []));
    const failed = results.find((result) => !result.saved);
    if (failed) tellSaved(failed);
    if (!held.length) return;
    noteAct();
    setDecided((before) => [...before, ...ids]);
    const back = () => setDecided((before) => before.filter((id) => !ids.includes(id)));
    setTimeout(back, HOLD_MS + 3000); // by then the store's own row says so; a conflict brings the card back
    tellHeld(store, held[0]!, words, () => { void Promise.all(held.slice(1).map((id) => store.undo(id))).then(back); });
  };
  const pass = async (one: RecordRow) => settled([one.id], [await decisions.approve(store, one)], t('approvals.approved'));
  const back = async (reason: decisions.Reason, words: string) => { if (!record) return; setSheet(undefined); settled([record.id], [await decisions.handBack(store, record, reason, words)], t('approvals.returned')); };
  const ruled = async (upheld: boolean, words: string) => { if (!record) return; setSheet(undefined); settled([record.id], [await decisions.rule(store, record, upheld, words)], upheld ? t('dispute.upheld') : t('dispute.rejected')); };
  const passAll = async (some: RecordRow[]) => { setSheet(undefined); const results: SaveResult[] = []; for (const one of some) results.push(await decisions.approve(store, one)); settled(some.map((one) => one.id), results, t('approvals.approved_n', { n: some.length })); };

  return (
    <>
      <div class="strip">
        <p class="strong" data-testid="approvals-left" data-left={open.length}>{isFetched && t('approvals.left', { n: open.length })}</p>
        <Button icon="add" data-testid="tab-log" onTap={() => go('/log')}>{t('tab.log')}</Button>
        {easy.length > 1 && <Button icon="tasks" data-testid="batch" onTap={() => setSheet('batch')}>{t('approvals.batch', { n: easy.length })}</Button>}
        <GridFilter value={only} onPick={setOnly} />
      </div>
      <Alarms />
      {!record && <Empty icon={isFetched ? 'check' : 'download'}><p class="strong">{t(isFetched ? 'approvals.none' : 'today.not_fetched')}</p></Empty>}
      {veil}
      {record && !veil && <div key={record.id} ref={card}><ApprovalCard record={record} matter={matter} grid={known.grids.find((grid) => grid.id === record.grid_id)} /></div>}
      {record && deck.length > 1 && <Button wide data-testid="approval-later" onTap={() => setLater((before) => [...before.filter((id) => id !== record.id), record.id])}>{t('approvals.later')}</Button>}
      {record && !veil && (
        <DeckDock above={isBelow && <Button kind="bare" wide data-testid="approval-below" onTap={() => card.current?.scrollIntoView()}>{t('approvals.below', { what: kindWord(record.kind) })}</Button>}>
          {record.review.status === 'disputed'
            ? <Button kind="primary" data-testid="rule" onTap={() => setSheet('rule')}>{t('dispute.decide')}</Button>
            : <>
                <Button kind="stop" icon="returned" data-testid="return" onTap={() => setSheet('return')}>{t('approvals.return')}</Button>
                <Button kind="primary" icon="check" data-testid="approve" onTap={() => pass(record)}>{t('approvals.approve')}</Button>
              </>}
        </DeckDock>
      )}
      {sheet === 'return' && <ReturnSheet onClose={() => setSheet(undefined)} onReturn={(reason, words) => void back(reason, words)} />}
      {sheet === 'rule' && record && <RuleSheet onClose={() => setSheet(undefined)} onRule={(upheld, words) => void ruled(upheld, words)} />}
      {sheet === 'batch' && <BatchSheet records={easy} matters={known.matters} onClose={() => setSheet(undefined)} onPass={(some) => void passAll(some)} />}
    </>
  );
}

/** Whether the card begins below what is seen, because an emergency stands above it: then the dock says what it decides. */
function useIsBelow(card: { current: HTMLElement | null }, drawn: unknown): boolean {
  const [isBelow, setBelow] = useState(false);
  useEffect(() => {
    const look = () => setBelow((card.current?.getBoundingClientRect().top ?? 0) > innerHeight - UNSEEN_PX);
    const watch = new ResizeObserver(look); // an emergency that comes in moves the card without a scroll
    watch.observe(document.body);
    addEventListener('scroll', look, { passive: true });
    return () => { watch.disconnect(); removeEventListener('scroll', look); };
  }, [drawn]);
  return isBelow;
}
