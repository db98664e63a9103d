/** Why a record came back, in words: on its page, and above the form in which it is put right. */
import type { Review } from './shapes';
import type { Id } from '../store/api';
import { hasWord, t, word } from '../text/text';
import { NoteLine } from '../ui/tag';
import * as lists from './lists';
import { useLive } from './store_context';
import { Zh } from './words';

export function ReturnReason({ review }: { review: Review }) {
  return (
    <>
      <p class="strong">{review.reason && hasWord('reason', review.reason) ? word('reason', review.reason) : t('review.returned')}{review.by_name && <> · <Zh>{review.by_name}</Zh></>}</p>
      {review.words && <p><Zh>{review.words}</Zh></p>}
    </>
  );
}

export function WhyReturned({ id }: { id: Id }) {
  const review = useLive(async (s) => (await lists.recordById(s, id))?.review, ['record'], [id]);
  return review?.status === 'returned' ? <NoteLine tone="stop" icon="returned"><ReturnReason review={review} /></NoteLine> : null;
}
