/**
 * First sign-in by the one-time QR code that a leader or the office shows: one new password, then the PIN where the
 * policy asks for one. The code leaves the address and the history as soon as it is read.
 */
import { useEffect, useState } from 'preact/hooks';
import { problemWords } from '../records/words';
import { LargeText } from '../shell/large_text';
import { changeLook, look } from '../shell/look';
import { held, homeOf, mode, phone, take } from '../shell/session';
import type { Problem } from '../store/api';
import { say } from '../text/lock';
import { p } from '../text/phones';
import { t } from '../text/text';
import { Button } from '../ui/button';
import { Dock } from '../ui/dock';
import { TextField } from '../ui/field';
import { replaceWith, route } from '../ui/route';
import { NoteLine } from '../ui/tag';

const LEAST = 10;
interface ResetDoor { resetPassword(username: string, code: string, next: string): Promise<{ done: true } | { problem: Problem }> }

export default function Welcome() {
  const [told] = useState(() => {
    const { query } = route.value;
    history.replaceState(null, '', '#/welcome');
    return { name: query.get('u') ?? '', code: query.get('c') ?? '' };
  });
  const [password, setPassword] = useState('');
  const [isSet, setIsSet] = useState(false);
  const [said, setSaid] = useState<string>();
  const [busy, setBusy] = useState(false);
  useEffect(() => { replaceWith('#/welcome'); }, []);
  const enter = async () => {
    if (busy) return;
    if (password.length < LEAST) { setSaid(say('welcome.short')); return; }
    setBusy(true);
    setSaid(undefined);
    try {
      if (!isSet) {
        const answer = await (phone.value as unknown as ResetDoor).resetPassword(told.name, told.code, password);
        if ('problem' in answer) { setSaid(answer.problem.code === 'reset_code_wrong' ? say('welcome.used') : problemWords(answer.problem)); return; }
        setIsSet(true);
      }
      const opened = await phone.value!.signIn(told.name, password, true);
      if ('problem' in opened) { setSaid(problemWords(opened.problem)); return; }
      held.value = undefined;
      if (!look.value.size_asked) void changeLook({ size_asked: true });
      await take(opened.store);
      replaceWith(`#${homeOf(mode.value)}`);
    } catch (problem) { console.error(problem); setSaid(say('welcome.failed')); } finally { setBusy(false); }
  };
  return (
    <div class="frame">
      <main class="main" style="padding-bottom:32px" data-testid="welcome">
        <div class="brand"><h1>{say('welcome.title')}</h1><p class="quiet">{t('app.name')}</p></div>
        <LargeText />
        {told.name && told.code
          ? <form class="card" noValidate onSubmit={(event) => { event.preventDefault(); void enter(); }}>
              {said && <NoteLine tone="stop" icon="refused" role="alert"><p data-testid="welcome-said">{said}</p></NoteLine>}
              <p>{say('welcome.who', { name: told.name })}</p>
              <TextField label={say('welcome.new_password')} value={password} onText={setPassword} testid="welcome-password" rest={{ type: 'password', autoComplete: 'new-password' }} />
              <button type="submit" class="btn primary wide" data-testid="welcome-submit" aria-disabled={busy}>{say('welcome.do')}</button>
              <p class="quiet">{p('notice.short')}</p>
            </form>
          : <NoteLine tone="wait" icon="information"><p>{say('welcome.gone')}</p></NoteLine>}
        <Button kind="bare" data-testid="welcome-leave" onTap={() => replaceWith('#/sign-in')}>{say('welcome.to_sign_in')}</Button>
      </main>
      <Dock />
    </div>
  );
}
