/** One record in a list: icon, what, when and where, and both axes as tags. */
import type { ComponentChildren } from 'preact';
import { sayMoment } from '../text/days';
import { Icon } from '../ui/icons';
import { go } from '../ui/route';
import { Tappable } from '../ui/button';
import type { Matter, RecordRow as Record } from './shapes';
import { DeliveryTag, ReviewTag, reviewHandle } from './tags';
import { MatterName, kindIcon, kindWord, Zh } from './words';

export function RecordRow(p: { record: Record; matter: Matter | undefined; author?: boolean; children?: ComponentChildren }) {
  const { record } = p;
  return (
    <Tappable class="row" data-testid="record-row" data-id={record.id} data-delivery={record.delivery} data-review={reviewHandle(record.review.status)}
      onTap={() => go(`/record/${record.id}`)}>
      <Icon name={kindIcon[record.kind] ?? 'records'} />
      <span class="grow stack-s">
        <span>
          <span class="title">{kindWord(record.kind)}{p.matter && <> · <MatterName matter={p.matter} short /></>}</span>
          <span class="quiet">{sayMoment(record.acted_at)}{p.author && <> · <Zh>{record.author_name}</Zh></>}{!!record.body.place_words && <> · <Zh>{String(record.body.place_words)}</Zh></>}{p.children}</span>
        </span>
        <span class="line"><DeliveryTag record={record} />{record.delivery !== 'refused' && <ReviewTag status={record.review.status} />}</span>
      </span>
      <Icon name="go" size={20} />
    </Tappable>
  );
}
