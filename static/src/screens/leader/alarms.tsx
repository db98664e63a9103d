/**
 * What whoever leads a grid must not overlook, above all else until it was seen: emergencies with whom the worker called, and
 * when; who needs help, whom to ring up, which result waits for their look. Below it how many other messages are unread; a tap lists them.
 */
import { useState } from 'preact/hooks';
import * as lists from '../../records/lists';
import { markRead, open, unreadMessages, type Message } from '../../records/messages';
import type { Matter, RecordRow } from '../../records/shapes';
import { useLive, useStore } from '../../records/store_context';
import { MatterName, Zh } from '../../records/words';
import type { Store } from '../../store/api';
import { sayMoment } from '../../text/days';
import { language, t } from '../../text/text';
import { Button, Tappable } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { go } from '../../ui/route';
import { cards } from '../cards';

const NOTICED = ['emergency_reported', 'callout_help', 'to_call', 'case_to_verify']; // a phone may hold urgent ones from before they said so

interface Rung { emergencies: { message: Message; record: RecordRow }[]; lines: Message[]; others: Message[] }

export async function whatRings(store: Store): Promise<Rung> {
  const unread = await unreadMessages(store);
  const found: Rung = { emergencies: [], lines: [], others: [] };
  for (const message of unread) {
    const record = message.kind === 'emergency_reported' && message.record_id ? await lists.recordById(store, message.record_id) : undefined;
    if (record) found.emergencies.push({ message, record });
    else if (message.urgent || NOTICED.includes(message.kind)) found.lines.push(message);
    else found.others.push(message);
  }
  return found;
}

export function Alarms() {
  const [all, setAll] = useState(false);
  const known = useLive(async (s) => {
    const rung = await whatRings(s);
    return { ...rung, matters: rung.emergencies.length ? await lists.matterByCode(s) : new Map<string, Matter>() };
  }, ['message', 'record', 'matter']);
  if (!known) return null;
  return (
    <>
      {known.emergencies.map(({ message, record }) => <Emergency key={message.id} message={message} record={record} matter={known.matters.get(record.matter_code ?? '')} />)}
      <Lines messages={known.lines} testid="alarm-row" />
      {known.others.length > 0 && <Tappable class="btn wide" aria-expanded={all} data-testid="messages-others" data-count={known.others.length} onTap={() => setAll(!all)}>{t('messages.title')} · {known.others.length}</Tappable>}
      {all && <Lines messages={known.others} testid="message-row" />}
    </>
  );
}

function Emergency({ message, record, matter }: { message: Message; record: RecordRow; matter: Matter | undefined }) {
  const store = useStore();
  const Card = cards.emergency!;
  return (
    <section class="card" data-testid="emergency-alarm" data-id={record.id} aria-label={t('kind.emergency')}>
      <div class="line"><Icon name="emergencies" size={28} /><span class="grow"><span class="strong" style="display:block">{t('kind.emergency')} · <MatterName matter={matter} code={record.matter_code} short /></span>
        <span class="quiet"><Zh>{record.author_name}</Zh> · {sayMoment(record.acted_at)}</span></span></div>
      <Card record={record} matter={undefined} />
      <div class="line"><Button kind="act" data-testid="emergency-open" onTap={() => go(`/record/${record.id}`)}>{t('emergency.open')}</Button><Button icon="check" data-testid="emergency-seen" onTap={() => void markRead(store, message)}>{t('act.understood')}</Button></div>
    </section>
  );
}

function Lines({ messages, testid }: { messages: Message[]; testid: string }) {
  return messages.length > 0 && <section class="card flat" aria-label={t('messages.title')}><div class="rows">{messages.map((message) => <Line key={message.id} message={message} testid={testid} />)}</div></section>;
}

/** A tap opens what it is about, and with that it was seen, if that is on this phone already. */
function Line({ message, testid }: { message: Message; testid: string }) {
  const store = useStore();
  return (
    <Tappable class="row" data-testid={testid} data-id={message.id} data-kind={message.kind} onTap={() => void open(store, message)}>
      <Icon name="emergencies" /><span class="grow"><span class="title">{language.value === 'en' ? message.text_en : message.text_zh}</span><span class="quiet">{sayMoment(message.at)}</span></span><Icon name="go" size={20} />
    </Tappable>
  );
}
