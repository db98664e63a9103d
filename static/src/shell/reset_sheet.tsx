/** A new password by the one-time code that the grid leader or the security administrator shows. */
import { useState } from 'preact/hooks';
import { problemWords } from '../records/words';
import type { Problem } from '../store/api';
import { t } from '../text/text';
import { TextField } from '../ui/field';
import { Sheet } from '../ui/sheet';
import { toast } from '../ui/toast';
import { phone } from './session';

interface ResetDoor { resetPassword(username: string, code: string, next: string): Promise<{ done: true } | { problem: Problem }> }
export const resetDoor = (): Partial<ResetDoor> => (phone.value ?? {}) as Partial<ResetDoor>;

export function ResetSheet({ username, onClose }: { username: string; onClose: () => void }) {
  const [name, setName] = useState(username), [code, setCode] = useState(''), [next, setNext] = useState('');
  const [said, setSaid] = useState<string>();
  const send = async () => {
    if (!name.trim() || !code.trim() || !next) { setSaid(t('reset.all')); return; }
    const answer = await resetDoor().resetPassword?.(name.trim(), code.trim(), next);
    if (answer && 'done' in answer) { toast(t('reset.done')); onClose(); return; }
    setSaid(answer ? problemWords(answer.problem) : t('sign_in.failed'));
  };
  return (
    <Sheet title={t('reset.title')} closeWord={t('act.close')} onClose={onClose}>
      <p>{t('sign_in.forgotten')}</p>
      <form class="stack" noValidate onSubmit={(event) => { event.preventDefault(); void send(); }}>
        {said && <p class="never" role="alert">{said}</p>}
        <TextField label={t('sign_in.name')} value={name} onText={setName} testid="reset-name" rest={{ autoComplete: 'username', autoCapitalize: 'none' }} />
        <TextField label={t('reset.code')} value={code} onText={setCode} testid="reset-code" rest={{ autoComplete: 'one-time-code', autoCapitalize: 'none' }} />
        <TextField label={t('reset.next')} value={next} onText={setNext} testid="reset-password" rest={{ type: 'password', autoComplete: 'new-password' }} />
        <button type="submit" class="btn primary wide" data-testid="reset-submit">{t('reset.set')}</button>
      </form>
    </Sheet>
  );
}
