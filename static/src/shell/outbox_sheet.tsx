/** 发件: nothing is ever lost silently. Each line says what, when, why it waits, and what can be done about it. */
import { useState } from 'preact/hooks';
import { canEdit } from '../records/edits';
import { kindWord, problemWords } from '../records/words';
import { stillOut } from '../records/still_out';
import { useLive, useStore } from '../records/store_context';
import type { OutboxItem } from '../store/api';
import { sayMoment } from '../text/days';
import { hasWord, t, word } from '../text/text';
import { Button } from '../ui/button';
import { Icon, type IconName } from '../ui/icons';
import { go } from '../ui/route';
import { Sheet } from '../ui/sheet';
import { Empty, NoteLine, Tag, type Tone } from '../ui/tag';
import { ConflictValues, Meanwhile } from './conflict_values';
import { status } from './session';

const looks: Record<OutboxItem['state'], { tone: Tone; icon: IconName }> = {
  held: { tone: 'wait', icon: 'undo' }, waiting: { tone: 'wait', icon: 'phone' }, sending: { tone: 'wait', icon: 'sending' }, photos: { tone: 'wait', icon: 'camera' },
  refused: { tone: 'stop', icon: 'refused' }, deferred: { tone: 'wait', icon: 'waiting' }, conflict: { tone: 'stop', icon: 'mediations' }, done: { tone: 'ok', icon: 'sent' },
};
const DONE_SHOWN = 20;

export default function OutboxSheet({ onClose }: { onClose: () => void }) {
  const store = useStore();
  const items = useLive((s) => s.outbox(), ['outbox', 'record', 'photo', 'status']);
  const open = (items ?? []).filter((item) => item.state !== 'done'), done = (items ?? []).filter((item) => item.state === 'done');
  const out = useLive(stillOut, ['outbox', 'announced', 'status']);
  const now = status.value;
  return (
    <Sheet title={t('outbox.title')} closeWord={t('act.close')} onClose={onClose} testid="outbox-sheet" closeTestid="outbox-close">
      <p>{now?.waiting ? t('outbox.waiting', { n: now.waiting }) : open.length ? t(out?.held && !out.conflicts ? 'outbox.held' : 'outbox.to_settle') : out?.announced ? t('outbox.none_here') : t('sync.all')} {now && !now.online && t('outbox.offline')}</p>
      {open.length > 0 && <Button kind="act" wide icon="retry" data-testid="outbox-retry" onTap={() => store.retry()}>{t('outbox.retry')}</Button>}
      {!!out?.announced && <NoteLine tone="wait" icon="phone"><p>{t('outbox.announced', { n: out.announced })}</p><Button data-testid="outbox-announced" onTap={() => { onClose(); go('/records'); }}>{t('tab.records')}</Button></NoteLine>}
      {items && !open.length && !out?.announced && <Empty icon="sent"><p>{t('outbox.empty')}</p></Empty>}
      {open.map((item) => <Line key={item.mutation_id} item={item} onClose={onClose} />)}
      {done.length > 0 && (
        <details><summary class="btn wide">{t('outbox.delivered', { n: done.length })}</summary>
          <div class="card flat" style="margin-top:12px"><div class="rows">{done.slice(0, DONE_SHOWN).map((item) => (
            <div class="row" key={item.mutation_id}><Icon name="sent" /><span class="grow"><span class="title">{nameOf(item)}</span><span class="quiet">{sayMoment(item.made_at)}{item.receipt && <> · {t('receipt.have', { when: sayMoment(item.receipt.at), code: item.receipt.hash.slice(0, 8) })}</>}</span></span></div>
          ))}</div></div></details>
      )}
      {open.length > 0 && <Button wide icon="download" onTap={() => { onClose(); go('/me'); }}>{t('outbox.to_export')}</Button>}
    </Sheet>
  );
}

const nameOf = (item: OutboxItem): string => (hasWord('act_name', item.name) ? word('act_name', item.name) : item.shows ? kindWord(item.shows.kind) : item.name);

function whyWords(item: OutboxItem): string {
  if (item.state === 'held') return t('why.held');
  if (item.state === 'deferred') return t('why.deferred');
  if (item.state === 'photos' && item.why !== 'wifi') return t('delivery.photos', { n: item.photos_waiting });
  return item.why && hasWord('why', item.why) ? word('why', item.why) : item.state === 'waiting' ? t('why.next') : '';
}

function Line({ item, onClose }: { item: OutboxItem; onClose: () => void }) {
  const store = useStore();
  const [sure, setSure] = useState(false);
  const look = looks[item.state];
  const isChangeable = item.state === 'refused' || (item.state === 'deferred' && !item.kept_back); // what waits for a refused one need not wait for ever
  const stuck = isChangeable || item.state === 'conflict';
  const isDecision = item.name.startsWith('approvals.');
  return (
    <section class="card" data-testid="outbox-row" data-id={item.mutation_id} data-state={item.state}>
      <div class="line"><span class="grow"><span class="strong" style="display:block">{nameOf(item)}</span><span class="quiet">{sayMoment(item.made_at)}</span></span><Tag tone={look.tone} icon={look.icon}>{isDecision && item.state === 'conflict' ? t('outbox_state.not_used') : item.state === 'waiting' && status.value?.in_memory_only ? t('delivery.in_memory') : t(`outbox_state.${item.state}`)}</Tag></div>
      {whyWords(item) && <p>{whyWords(item)}</p>}
      {item.problem && <NoteLine tone="stop" icon="information"><p>{problemWords(item.problem)}</p></NoteLine>}
      {item.state === 'conflict' && (isDecision ? <Meanwhile item={item} /> : <ConflictValues item={item} />)}
      {item.state === 'held' && <Button icon="undo" data-testid="outbox-undo" onTap={() => store.undo(item.mutation_id)}>{t('act.undo')}</Button>}
      {stuck && (
        <div class="line">
          {isChangeable && canEdit(item) && <Button kind="act" icon="edit" data-testid="outbox-edit" onTap={() => { onClose(); go(`/edit/${item.mutation_id}`); }}>{t('outbox.edit')}</Button>}
          {isDecision && <Button data-testid="outbox-see" onTap={() => { onClose(); go(`/record/${String(item.payload.record_id)}`); }}>{t('outbox.see')}</Button>}
          {isDecision ? <Button data-testid="outbox-dismiss" onTap={() => store.dismiss(item.mutation_id)}>{t('act.understood')}</Button> : sure ? <Button key="sure" kind="stop" data-testid="outbox-dismiss-sure" onTap={() => store.dismiss(item.mutation_id)}>{t('outbox.dismiss_sure')}</Button> : <Button key="ask" icon="trash" data-testid="outbox-dismiss" onTap={() => setSure(true)}>{t(item.bad_photos ? 'photo.remove' : 'outbox.dismiss')}</Button>}
        </div>
      )}
    </section>
  );
}
