/** The two axes of a record, never mixed: did it arrive (delivery), was it accepted (review). */
import type { Delivery } from '../store/api';
import { t } from '../text/text';
import { Tag, type Tone } from '../ui/tag';
import type { IconName } from '../ui/icons';
import type { RecordRow, ReviewStatus } from './shapes';
import { useStore } from './store_context';

const deliveries: Record<Delivery, { tone: Tone; icon: IconName }> = {
  saved: { tone: 'wait', icon: 'phone' }, sending: { tone: 'wait', icon: 'sending' },
  delivered: { tone: 'ok', icon: 'sent' }, refused: { tone: 'stop', icon: 'refused' },
};
const reviews: Record<ReviewStatus, { tone: Tone; icon: IconName } | undefined> = {
  none: undefined, waiting: { tone: 'plain', icon: 'waiting' }, approved: { tone: 'ok', icon: 'approve' },
  returned: { tone: 'stop', icon: 'returned' }, disputed: { tone: 'wait', icon: 'mediations' }, lapsed: { tone: 'ok', icon: 'approve' },
};

/** The four words of handles.md for lists: a disputed return is still returned, a lapsed review has passed. */
export function reviewHandle(status: ReviewStatus): 'waiting' | 'approved' | 'returned' | 'none' {
  return status === 'disputed' ? 'returned' : status === 'lapsed' ? 'approved' : status;
}

export function DeliveryTag({ record }: { record: Pick<RecordRow, 'delivery' | 'photos_waiting' | 'for_wifi'> }) {
  const look = deliveries[record.delivery];
  const { in_memory_only } = useStore().status(); // where nothing can be kept, nothing may say that it was
  const photosOnly = record.delivery === 'sending' && record.photos_waiting > 0;
  return <Tag tone={look.tone} icon={look.icon}>{photosOnly ? t(record.for_wifi ? 'delivery.wifi' : 'delivery.photos', { n: record.photos_waiting }) : t(record.delivery === 'saved' && in_memory_only ? 'delivery.in_memory' : `delivery.${record.delivery}`)}</Tag>;
}

export function ReviewTag({ status }: { status: ReviewStatus }) {
  const look = reviews[status];
  return look ? <Tag tone={look.tone} icon={look.icon}>{t(`review.${status}`)}</Tag> : null;
}
