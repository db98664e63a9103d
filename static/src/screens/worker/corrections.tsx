/** 更正申请 in 我的数据: what was asked, and how it was answered. */
import { useState } from 'preact/hooks';
import { ownRequests, type CorrectionRequest } from '../../records/correction_requests';
import { useLive } from '../../records/store_context';
import { DeliveryTag } from '../../records/tags';
import { Said, Zh } from '../../records/words';
import { c } from '../../text/corrections';
import { sayMoment } from '../../text/days';
import { Button } from '../../ui/button';
import { Tag } from '../../ui/tag';
import { CorrectionSheet } from './correction_sheet';

export function Corrections() {
  const [asking, setAsking] = useState(false);
  const requests = useLive(ownRequests, ['correction_request', 'outbox']) ?? [];
  return (
    <section class="card" aria-label={c('title')} data-testid="corrections">
      <h2>{c('title')}</h2>
      <p>{c('what')}</p>
      {requests.map((request) => <Request key={request.id} request={request} />)}
      <Button kind="act" wide icon="edit" data-testid="correction-ask" onTap={() => setAsking(true)}>{c('ask')}</Button>
      {asking && <CorrectionSheet onClose={() => setAsking(false)} />}
    </section>
  );
}

function Request({ request }: { request: CorrectionRequest }) {
  const { answer } = request;
  return (
    <div class="stack-s" data-testid="correction-row" data-id={request.id} data-state={request.state} data-delivery={request.delivery}>
      <p class="line"><span class="strong grow">{c(`about.${request.about}`)}</span>{request.delivery !== 'delivered' && <DeliveryTag record={request} />}<Tag tone={answer ? 'ok' : 'wait'} icon={answer ? 'check' : 'waiting'}>{c(`state.${request.state}`)}</Tag></p>
      <p><Zh>{request.words}</Zh></p>
      <p class="quiet">{sayMoment(request.asked_at)}</p>
      {answer && <div class="note-line plain"><div class="grow stack-s"><p class="strong">{c(`answer.${answer}`)}</p><p><Zh>{request.answer_words}</Zh></p><p class="quiet"><Said>{c('by', { name: request.answered_by_name ?? '', when: sayMoment(request.answered_at ?? 0) })}</Said></p></div></div>}
    </div>
  );
}
