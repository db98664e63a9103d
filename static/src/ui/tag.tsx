/** State = icon + word + colour. */
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icons';

export type Tone = 'ok' | 'wait' | 'stop' | 'plain';

export function Tag({ tone, icon, children }: { tone: Tone; icon: IconName; children: ComponentChildren }) {
  return <span class={`tag ${tone}`}><Icon name={icon} size={16} />{children}</span>;
}

export function NoteLine({ tone, icon, children, role }: { tone: Tone; icon: IconName; children: ComponentChildren; role?: 'alert' | 'status' }) {
  return <div class={`note-line ${tone}`} role={role}><Icon name={icon} size={22} /><div class="grow stack-s">{children}</div></div>;
}

export function Empty({ icon, children }: { icon: IconName; children: ComponentChildren }) {
  return <div class="empty"><Icon name={icon} size={36} />{children}</div>;
}
