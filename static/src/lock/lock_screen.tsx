/** The lock: six digits, calls that need none, and the way out for whoever forgot them. Shows one name and nothing else. */
import { useEffect, useState } from 'preact/hooks';
import { Said } from '../records/words';
import { take, held, noteTrouble, phone } from '../shell/session';
import { say } from '../text/lock';
import { Button } from '../ui/button';
import { Dock } from '../ui/dock';
import { replaceWith } from '../ui/route';
import { NoteLine } from '../ui/tag';
import { Calls } from './calls';
import { Keypad } from './keypad';

export default function LockScreen() {
  const who = held.value!;
  const [said, setSaid] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [isOut, setOut] = useState(false);
  useEffect(() => { void phone.value?.pin().then((lock) => lock.left(who.id)).then((left) => setOut(left <= 0), () => {}); }, [who.id]);
  const open = async (pin: string) => {
    setBusy(true);
    setSaid(undefined);
    try {
      const answer = await (await phone.value!.pin()).unlock(who.id, pin);
      if ('store' in answer) { await take(answer.store); held.value = undefined; return; }
      setOut(answer.problem.code === 'only_online');
      if (answer.problem.code === 'pin_wrong') setSaid(say('lock.wrong', { left: Number(answer.problem.fields?.left) }));
    } catch (problem) { noteTrouble(problem); setSaid(say('lock.failed')); } finally { setBusy(false); }
  };
  const leaveFor = (path: string) => { replaceWith(path); held.value = undefined; };
  return (
    <div class="frame">
      <main class="main" style="padding-bottom:32px" data-testid="lock-screen">
        <h1 style="font-size:var(--text-l);padding-top:16px"><Said>{say('lock.title', { name: who.name })}</Said></h1>
        {isOut
          ? <NoteLine tone="stop" icon="refused" role="alert"><p data-testid="lock-out">{say('lock.out')}</p></NoteLine>
          : <>
              <p>{busy ? say('lock.checking') : say('lock.enter')}</p>
              <Keypad busy={busy} onPin={(pin) => void open(pin)} />
              {said && <NoteLine tone="stop" icon="refused" role="alert"><p data-testid="lock-said">{said}</p></NoteLine>}
            </>}
        <Calls />
        <Button class={`btn wide ${isOut ? 'act' : ''}`} data-testid="lock-forgot" onTap={() => leaveFor('#/sign-in?forgot')}>{say('lock.forgot')}</Button>
        <Button wide data-testid="lock-other" onTap={() => leaveFor('#/sign-in')}>{say('lock.other')}</Button>
      </main>
      <Dock />
    </div>
  );
}
