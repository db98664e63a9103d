/** Unread messages: each rings for a record, a task or a person; a tap opens it and marks the message read. */
import { answerRefused } from '../device/vibrate';
import type { Row, Store } from '../store/api';
import { sayMoment } from '../text/days';
import { language, t } from '../text/text';
import { Tappable } from '../ui/button';
import { Icon } from '../ui/icons';
import { go } from '../ui/route';
import { useLive, useStore } from './store_context';

export interface Message extends Row { kind: string; at: number; record_id?: string; task_id?: string; text_zh: string; text_en: string; urgent?: boolean; quiet?: boolean; read?: boolean }
const SHOWN = 5;
const DAY_MS = 86_400_000;

/** What rang first; what waited in silence (a finished patrol, days away) crowds nothing out. */
export const unreadMessages = async (store: Store): Promise<Message[]> => ((await store.list('message')) as unknown as Message[]).filter((message) => !message.read).sort((a, b) => +!!a.quiet - +!!b.quiet || b.at - a.at);

/**
 * Where what it rings for is looked at; a call for help is in the sheet of the call-out, which `?callout` opens and which
 * marks it read. A message may come before its record, and is not seen before that is here; after a day it is tapped away.
 */
export async function open(store: Store, message: Message): Promise<void> {
  const isOld = Date.now() - message.at > DAY_MS;
  if (message.kind === 'callout_help' && !isOld) return go(`?callout=${message.id}`);
  if (isOld || !message.record_id || (await store.get('record', message.record_id))) await markRead(store, message);
  if (message.record_id) go(`/record/${message.record_id}`);
  if (message.task_id) go(`/task/${message.task_id}`);
  if (message.kind === 'to_call') go('/team');
}

export async function markRead(store: Store, message: Message): Promise<void> {
  const done = await store.act({ name: 'messages.read', payload: { id: message.id }, shows: { kind: 'message', row: { ...message, read: true } } });
  if (!done.saved) answerRefused();
}

export function Messages() {
  const store = useStore();
  const unread = useLive(unreadMessages, ['message']) ?? [];
  if (!unread.length) return null;
  return (
    <section class="card flat" aria-label={t('messages.title')}>
      <h2 style="padding:12px 16px 4px">{t('messages.title')}</h2>
      <div class="rows">
        {unread.slice(0, SHOWN).map((message) => (
          <Tappable class="row" key={message.id} data-testid="message-row" data-id={message.id} onTap={() => void open(store, message)}>
            <Icon name="emergencies" /><span class="grow"><span class="title">{language.value === 'en' ? message.text_en : message.text_zh}</span><span class="quiet">{sayMoment(message.at)}</span></span><Icon name="go" size={20} />
          </Tappable>
        ))}
        {unread.length > SHOWN && <p class="row quiet">{t('messages.more', { n: unread.length - SHOWN })}</p>}
      </div>
    </section>
  );
}
