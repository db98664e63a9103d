/** One record: what it says, photos, both axes, its receipt in words, its history, and what may be done with it now. */
import { useState } from 'preact/hooks';
import { ConfirmRow } from '../../records/behalf';
import { mayComment } from '../../records/comments';
import { canEdit } from '../../records/edits';
import { newId } from '../../records/ids';
import { History } from '../../records/history';
import * as lists from '../../records/lists';
import { PhotoImage } from '../../records/photo';
import { useNotedLook } from '../../records/sensitive';
import type { RecordRow } from '../../records/shapes';
import { useLive, useStore } from '../../records/store_context';
import { DeliveryTag, ReviewTag } from '../../records/tags';
import { ReturnReason } from '../../records/why_returned';
import { MatterName, Said, Zh, kindWord, problemWords } from '../../records/words';
import type { OutboxItem } from '../../store/api';
import { said } from '../../text/comments';
import { sayDay, sayMoment } from '../../text/days';
import { m } from '../../text/mediations';
import { p } from '../../text/phones';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { go } from '../../ui/route';
import { Empty, NoteLine } from '../../ui/tag';
import { cards } from '../cards';
import { CasePart } from './case_part';
import { CommentSheet } from './comment_sheet';
import { DisputeSheet } from './dispute_sheet';

export default function RecordPage({ id }: { id: string }) {
  const store = useStore();
  const [commenting, setCommenting] = useState(false);
  const known = useLive(async (s) => ({
    record: await lists.recordById(s, id), matters: await lists.matterByCode(s), grids: await lists.grids(s),
    lines: (await s.outbox()).filter((item) => item.shows?.id === id || item.payload.id === id || item.payload.record_id === id),
  }), ['record', 'outbox', 'matter', 'photo'], [id]);
  const record = known?.record;
  const matter = known?.matters.get(record?.matter_code ?? '');
  const isSensitive = record?.version !== undefined && (!!record.team_id || matter?.data_class === 'S');
  const veil = useNotedLook('record', record?.id, isSensitive);
  if (!known) return null;
  if (!record) return <Empty icon="records"><p>{t('record.not_here')}</p></Empty>;
  if (veil) return veil;
  const Card = cards[record.kind];
  const refused = known.lines.find((line) => line.state === 'refused' || line.state === 'conflict');
  const receipt = [...known.lines].reverse().find((line) => line.receipt)?.receipt;
  return (
    <div class="stack" data-testid="record-page" data-id={record.id} data-delivery={record.delivery}>
      <section class="card">
        <p class="line"><DeliveryTag record={record} /><ReviewTag status={record.review.status} /></p>
        <div><p class="strong">{kindWord(record.kind)}{matter && <> · <MatterName matter={matter} short /></>}</p>
          <p class="quiet">{sayMoment(record.acted_at)} · <Zh>{record.author_name}</Zh>{record.acted_at_held && <> · {t('record.clock_held')}</>}{record.entered_by_other && <> · {t('record.entered_by_other')}</>}</p></div>
        {refused?.problem && <NoteLine tone="stop" icon="refused"><p>{problemWords(refused.problem)}</p>{refused.state === 'refused' && canEdit(refused) && <Button icon="edit" data-testid="record-edit" onTap={() => go(`/edit/${refused.mutation_id}`)}>{t('outbox.edit')}</Button>}</NoteLine>}
        <Entered record={record} mine={record.author_id === store.session.person.id} />
        <Returned record={record} mine={record.author_id === store.session.person.id} />
      </section>
      {(record.kind === 'hazard' || record.kind === 'information') && <CasePart record={record.id} />}
      {record.photos.length > 0 && (
        <section class="card" aria-label={t('photo.title')}>
          {record.photos.map((photo, i) => <figure key={photo.sha256}><PhotoImage big sha256={photo.sha256} size="full" held={photo.held} alt={t('photo.alt', { n: i + 1, role: t(`photo.role_${photo.role}`) })} />{photo.role === 'after' && <figcaption class="quiet">{t('photo.after')}</figcaption>}</figure>)}
        </section>
      )}
      {record.for_wifi && <NoteLine tone="wait" icon="camera"><p data-testid="photos-for-wifi">{p('wifi.waits', { n: record.for_wifi.length })}</p><Button icon="sending" data-testid="photos-now" onTap={() => store.sendAnyway(record.for_wifi!)}>{p('wifi.now')}</Button></NoteLine>}
      {record.photo_gap && <p class="quiet">{t('photo.gap_said', { why: t(`gap.${record.photo_gap}`) })}</p>}
      {mayAdd(record, store.session.person.id, known.lines) && <Button kind="act" wide icon="edit" data-testid="emergency-add" onTap={() => go(`/correct/${record.id}`)}>{t('emergency.add')}</Button>}
      <section class="card">{Card ? <Card record={record} matter={matter} grid={known.grids.find((grid) => grid.id === record.grid_id)} /> : null}</section>
      {record.kind === 'hazard' && record.state === 'open' && <Button kind="act" wide icon="hazards" data-testid="relook-open" onTap={() => go(`/relook/${record.id}/${newId()}`)}>{t('relook.do')}</Button>}
      {record.kind === 'mediation' && record.author_id === store.session.person.id && record.delivery !== 'refused' && <Button kind="act" wide icon="mediations" data-testid="mediation-go-on" onTap={() => go(`/mediation/${record.id}/${newId()}`)}>{record.body.revisit_on ? m('revisit.title') : m('step.do')}</Button>}
      {mayComment(record, store.session) && <Button wide icon="edit" data-testid="comment" onTap={() => setCommenting(true)}>{said('do')}</Button>}
      {commenting && <CommentSheet record={record} onClose={() => setCommenting(false)} />}
      <section class="card"><h2>{t('record.history')}</h2><History record={record} />
        <p class="quiet" data-testid="receipt">{receipt ? t('receipt.have', { when: sayMoment(receipt.at), code: receipt.hash.slice(0, 8) }) : record.delivery === 'delivered' ? t('receipt.other') : t('receipt.none')}</p></section>
    </div>
  );
}

/** Written by another: the author says whose work it is, everybody else sees what was said. */
function Entered({ record, mine }: { record: RecordRow; mine: boolean }) {
  if (record.confirmation === 'waiting' && mine && record.delivery !== 'refused') return <NoteLine tone="wait" icon="information"><p>{t('behalf.title')}</p><ConfirmRow bare record={record} matter={undefined} /></NoteLine>;
  return record.confirmation === 'waiting' || record.confirmation === 'denied' ? <p class="quiet" data-testid="entered-for" data-confirmation={record.confirmation}>{t(`behalf.${record.confirmation}`)}</p> : null;
}

/** Its author adds to an emergency whenever there is more to say, once its seconds of undo are over. */
const mayAdd = (record: RecordRow, me: string, lines: OutboxItem[]): boolean => record.kind === 'emergency' && record.author_id === me && record.delivery !== 'refused' && record.review.status !== 'returned' && !lines.some((line) => line.state === 'held');

/** Returned: the reason in words, and the two answers of the author. */
function Returned({ record, mine }: { record: RecordRow; mine: boolean }) {
  const [disputing, setDisputing] = useState(false);
  const { review } = record;
  if (review.status === 'waiting' && review.due) return <p class="quiet">{t('review.will_by', { day: sayDay(review.due) })}</p>;
  if (review.status !== 'returned' && review.status !== 'disputed') return review.by_name ? <p class="quiet"><Said>{t('review.by', { name: review.by_name })}</Said></p> : null;
  return (
    <NoteLine tone={review.status === 'disputed' ? 'wait' : 'stop'} icon="returned">
      <ReturnReason review={review} />
      {review.status === 'disputed' && <p>{t('dispute.waiting')}</p>}
      {mine && review.status === 'returned' && record.delivery !== 'refused' && (
        <div class="line">
          <Button kind="act" icon="edit" data-testid="correct" onTap={() => go(`/correct/${record.id}`)}>{t('record.correct')}</Button>
          <Button data-testid="dispute" onTap={() => setDisputing(true)}>{t('dispute.open')}</Button>
        </div>
      )}
      {disputing && <DisputeSheet record={record} onClose={() => setDisputing(false)} />}
    </NoteLine>
  );
}
