/** Six digits by big keys or a keyboard; the sixth hands them over. The kit's guard against double taps is not for "11". */
import { useEffect, useState } from 'preact/hooks';
import { say } from '../text/lock';
import { Icon } from '../ui/icons';
import { PIN_LENGTH } from './rules';

const KEY = 'min-height:64px;font-size:var(--text-l)';

export function Keypad({ busy, onPin }: { busy: boolean; onPin: (pin: string) => void }) {
  const [typed, setTyped] = useState('');
  const press = (digit: string) => {
    if (busy) return;
    const next = typed + digit;
    setTyped(next.length < PIN_LENGTH ? next : '');
    if (next.length === PIN_LENGTH) onPin(next);
  };
  const erase = () => setTyped(typed.slice(0, -1));
  useEffect(() => {
    const key = (event: KeyboardEvent) => { if (/^\d$/.test(event.key)) press(event.key); else if (event.key === 'Backspace') erase(); };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  });
  const shown = busy ? PIN_LENGTH : typed.length;
  const Digit = (digit: string) => <button type="button" class="btn" style={KEY} key={digit} data-testid={`pin-${digit}`} onClick={() => press(digit)}>{digit}</button>;
  return (
    <>
      <p role="status" class="seen-by-readers" data-testid="pin-digits">{busy ? say('lock.checking') : say('lock.digits', { n: shown })}</p>
      <div aria-hidden="true" style="display:flex;justify-content:center;gap:16px;padding:8px 0">
        {Array.from({ length: PIN_LENGTH }, (_, at) => <span key={at} style={`width:20px;height:20px;border-radius:50%;border:2px solid var(--ink);background:${at < shown ? 'var(--ink)' : 'transparent'}`} />)}
      </div>
      <div role="group" aria-label={say('lock.pad')} style="display:grid;grid-template-columns:repeat(3,1fr);gap:8px">
        {[...'123456789'].map(Digit)}
        <span />
        {Digit('0')}
        <button type="button" class="btn" style={KEY} data-testid="pin-delete" aria-label={say('lock.delete')} onClick={erase}><Icon name="back" /></button>
      </div>
    </>
  );
}
