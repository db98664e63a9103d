/** The switch 手机提醒 on Me: says what it does before it asks, and what to do where the browser says no. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { isAppleTouch, isInstalled } from '../../device/install';
import { useLive } from '../../records/store_context';
import { isSupported, turnOff, turnOn, WANTED, type Refusal } from '../../shell/reminders';
import { r } from '../../text/reminders';
import { Switch } from '../../ui/field';

export function Reminders() {
  const wanted = useLive((s) => s.setting<boolean>(WANTED), ['setting']);
  const [asking, setAsking] = useState<boolean>();
  const [said, setSaid] = useState<Refusal>();
  if (!isSupported()) return <Card state="unsupported"><p class="quiet">{r(isAppleTouch() && !isInstalled() ? 'apple' : 'unsupported')}</p></Card>;
  const is_denied = Notification.permission === 'denied';
  const on = wanted === true && Notification.permission === 'granted';
  const flip = async (to: boolean) => {
    setAsking(to);
    setSaid(undefined);
    const outcome = await (to ? turnOn() : turnOff());
    setSaid(outcome === 'on' || outcome === 'off' ? undefined : outcome);
    setAsking(undefined);
  };
  const refused = said ?? (is_denied ? 'denied' : undefined);
  return (
    <Card state={asking !== undefined ? 'asking' : refused ?? (on ? 'on' : 'off')}>
      <div style="margin:-16px -16px -12px"><Switch label={r('title')} on={asking ?? on} onFlip={(to) => void flip(to)} /></div>
      <p class="quiet">{r(asking ? 'asking' : on ? 'on' : 'why')}</p>
      {refused && asking === undefined && <p role="status">{r(refused)}</p>}
    </Card>
  );
}

function Card(p: { state: string; children: ComponentChildren }) {
  return <section class="card" aria-label={r('title')} data-testid="reminders" data-state={p.state}>{p.state === 'unsupported' && <h2>{r('title')}</h2>}{p.children}</section>;
}
