/** Emergencies of the leader's grids, above all else until they were seen: whom the worker called, and when. */
import * as lists from '../../records/lists';
import { markRead, unreadMessages } from '../../records/messages';
import { useLive, useStore } from '../../records/store_context';
import { MatterName, Zh } from '../../records/words';
import { sayMoment } from '../../text/days';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { go } from '../../ui/route';
import { cards } from '../cards';

export function Alarms() {
  const store = useStore();
  const known = useLive(async (s) => {
    const rung = (await unreadMessages(s)).filter((message) => message.kind === 'emergency_reported' && message.record_id);
    const found = await Promise.all(rung.map(async (message) => ({ message, record: await lists.recordById(s, message.record_id!) })));
    return { rung: found, matters: rung.length ? await lists.matterByCode(s) : new Map() };
  }, ['message', 'record', 'matter']);
  const Card = cards.emergency!;
  return (
    <>
      {(known?.rung ?? []).map(({ message, record }) => record && (
        <section class="card alarm" key={message.id} data-testid="emergency-alarm" data-id={record.id} aria-label={t('kind.emergency')}>
          <div class="line"><Icon name="emergencies" size={28} /><span class="grow"><span class="strong" style="display:block">{t('kind.emergency')} · <MatterName matter={known?.matters.get(record.matter_code ?? '')} code={record.matter_code} short /></span>
            <span class="quiet"><Zh>{record.author_name}</Zh> · {sayMoment(record.acted_at)}</span></span></div>
          <Card record={record} matter={undefined} />
          <div class="line"><Button kind="act" data-testid="emergency-open" onTap={() => go(`/record/${record.id}`)}>{t('emergency.open')}</Button><Button icon="check" data-testid="emergency-seen" onTap={() => void markRead(store, message)}>{t('act.understood')}</Button></div>
        </section>
      ))}
    </>
  );
}
