/** 清单外的事 below the tasks: what the person has told, how the competent department answered, and telling another. */
import { newId } from '../../records/ids';
import { ownOrders, type OutsideOrder } from '../../records/outside_orders';
import { PhotoImage } from '../../records/photo';
import { useLive } from '../../records/store_context';
import { DeliveryTag } from '../../records/tags';
import { Said, Zh } from '../../records/words';
import { sayDay, sayMoment } from '../../text/days';
import { o } from '../../text/outside';
import { k } from '../../text/tasks';
import { Button } from '../../ui/button';
import { go } from '../../ui/route';
import { Tag } from '../../ui/tag';

export function Outside() {
  const told = useLive(ownOrders, ['outside_order', 'outbox']) ?? [];
  return (
    <section class="card" aria-label={o('title')} data-testid="outside">
      <h2>{o('title')}</h2>
      {told.map((order) => <Told key={order.id} order={order} />)}
      <Button wide icon="refused" data-testid="outside-open" onTap={() => go(`/log/outside_order/${newId()}`)}>{o('open')}</Button>
    </section>
  );
}

function Told({ order }: { order: OutsideOrder }) {
  const { ruling, rule_by } = order;
  return (
    <div class="stack-s" data-testid="outside-row" data-id={order.id} data-ruling={ruling ?? 'waiting'} data-delivery={order.delivery}>
      <p class="strong"><Zh>{order.words}</Zh></p>
      <p class="line">{order.delivery !== 'delivered' && <DeliveryTag record={order} />}<Tag tone={ruling ? 'ok' : 'wait'} icon={ruling ? 'check' : 'waiting'}>{o(ruling ? 'state.ruled' : 'state.waiting')}</Tag></p>
      <p class="quiet"><Said>{o('by', { name: order.giver })}</Said> · {sayMoment(order.at)}</p>
      <p>{k(`ground.${order.ground}`)}</p>
      {order.photos.length > 0 && <div class="photos">{order.photos.map(({ sha256 }) => <span class="photo" key={sha256}><PhotoImage sha256={sha256} alt={o('picture')} /></span>)}</div>}
      <div class="note-line plain"><div class="grow stack-s"><p>{ruling ? k(ruling === 'not_upheld' ? 'ruling.order_not_upheld' : `ruling.${ruling}`) : rule_by ? k('ruling.waiting', { day: sayDay(rule_by) }) : k('ruling.waiting_no_day')}</p>{order.ruling_words && <p><Zh>{order.ruling_words}</Zh></p>}</div></div>
    </div>
  );
}
