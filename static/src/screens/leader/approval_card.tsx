/** All that a decision needs on one card: photo, what was said, where, and what the rules noticed. */
import { useEffect } from 'preact/hooks';
import { PhotoImage, PhotoOpens } from '../../records/photo';
import { History } from '../../records/history';
import type { Grid, HeldPhoto, Matter, RecordRow } from '../../records/shapes';
import { MatterName, Zh, kindIcon, kindWord } from '../../records/words';
import { sayDay, sayMoment } from '../../text/days';
import { hasWord, t, word } from '../../text/text';
import { Icon } from '../../ui/icons';
import { NoteLine, Tag } from '../../ui/tag';
import { cards } from '../cards';

const altOf = (photo: HeldPhoto, at: number) => t('photo.alt', { n: at + 1, role: t(`photo.role_${photo.role}`) });

export function ApprovalCard({ record, matter, grid }: { record: RecordRow; matter: Matter | undefined; grid: Grid | undefined }) {
  const Card = cards[record.kind];
  const { review } = record;
  useEffect(() => { window.scrollTo(0, 0); }, []); // the next card begins at its top, not where the last one was left
  return (
    <article class="card" data-testid="approval-card" data-id={record.id} data-kind={record.kind} aria-label={t('approvals.card', { kind: kindWord(record.kind), name: record.author_name })}>
      <div class="line"><Icon name={kindIcon[record.kind]} size={28} /><span class="grow"><span class="strong" style="display:block">{kindWord(record.kind)}{(matter || record.matter_code) && <> · <MatterName matter={matter} code={record.matter_code} short /></>}</span>
        <span class="quiet"><Zh>{record.author_name}</Zh> · {sayMoment(record.acted_at)}{grid && <> · <Zh>{grid.name}</Zh></>}</span></span></div>
      {review.status === 'waiting' && review.due && <p class="quiet">{t('review.due_by', { day: sayDay(review.due) })}</p>}
      {record.photos.map((photo, i) => (
        <figure key={photo.sha256}>
          <PhotoOpens style="display:block;width:100%;min-height:var(--hit);padding:0;border:0;background:none" sha256={photo.sha256} n={i + 1} alt={altOf(photo, i)} held={photo.held}><PhotoImage big sha256={photo.sha256} alt={altOf(photo, i)} held={photo.held} /></PhotoOpens>
          {(photo.held === false || photo.role === 'after') && <figcaption class="line">{photo.held === false && <Tag tone="wait" icon="sending">{t('photo.on_the_road')}</Tag>}{photo.role === 'after' && t('photo.after')}</figcaption>}
        </figure>
      ))}
      {record.photo_gap && <p>{t('photo.gap_said', { why: t(`gap.${record.photo_gap}`) })}</p>}
      {(review.hints ?? []).map((hint) => <NoteLine key={hint} tone="wait" icon="information">{hasWord('hint', hint) ? word('hint', hint) : hint}</NoteLine>)}
      {record.acted_at_held && <NoteLine tone="wait" icon="waiting">{t('record.clock_held')}</NoteLine>}
      {record.entered_by_other && <NoteLine tone="plain" icon="information">{t('record.entered_by_other')}{(record.confirmation === 'waiting' || record.confirmation === 'denied') && <> · {t(`behalf.${record.confirmation}`)}</>}</NoteLine>}
      {Card && <Card record={record} matter={matter} grid={grid} />}
      {(record.history?.length ?? 0) > 1 && <details><summary class="btn wide">{t('record.history')}</summary><div style="padding-top:12px"><History record={record} /></div></details>}
    </article>
  );
}
