/** A new PIN, typed twice: at the first sign-in, after it was forgotten, or when the policy came to a phone in use. */
import { useState } from 'preact/hooks';
import { choosing, leave, phone } from '../shell/session';
import { say } from '../text/lock';
import { Button } from '../ui/button';
import { Dock } from '../ui/dock';
import { replaceWith } from '../ui/route';
import { NoteLine } from '../ui/tag';
import { toast } from '../ui/toast';
import { Calls } from './calls';
import { Keypad } from './keypad';
import { isTooSimple } from './rules';

export default function ChoosePin() {
  const [first, setFirst] = useState<string>();
  const [said, setSaid] = useState<string>();
  const [busy, setBusy] = useState(false);
  const again = (words: string) => { setFirst(undefined); setSaid(words); };
  const typed = async (pin: string) => {
    setSaid(undefined);
    if (first === undefined) { if (isTooSimple(pin)) setSaid(say('choose.simple')); else setFirst(pin); return; }
    if (first !== pin) { again(say('choose.differ')); return; }
    setBusy(true);
    const isSet = await phone.value!.pin().then((lock) => lock.set(pin)).catch((problem: unknown) => { console.error(problem); return false; });
    setBusy(false);
    if (!isSet) { again(say('choose.failed')); return; }
    choosing.value = false;
    toast(say('choose.done'));
  };
  const other = async () => { choosing.value = false; leave(); replaceWith('#/sign-in'); await phone.value?.pin().then((lock) => lock.lock()); };
  return (
    <div class="frame">
      <main class="main" style="padding-bottom:32px" data-testid="choose-pin">
        <h1 style="font-size:var(--text-l);padding-top:16px">{say('choose.title')}</h1>
        <p class="strong" data-testid="choose-step" data-step={first === undefined ? 1 : 2}>{busy ? say('lock.checking') : first === undefined ? say('choose.first') : say('choose.again')}</p>
        <Keypad busy={busy} onPin={(pin) => void typed(pin)} />
        {said && <NoteLine tone="stop" icon="refused" role="alert"><p data-testid="lock-said">{said}</p></NoteLine>}
        <p>{say('choose.why')}</p>
        <Calls />
        <Button kind="bare" data-testid="lock-other" onTap={() => void other()}>{say('lock.other')}</Button>
      </main>
      <Dock />
    </div>
  );
}
