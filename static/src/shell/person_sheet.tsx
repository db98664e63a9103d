/** Switching people on a shared phone: always possible, offline too; the other's outbox stays and goes on. */
import { useEffect, useState } from 'preact/hooks';
import { Said, problemWords } from '../records/words';
import type { Phone } from '../store/api';
import { p } from '../text/phones';
import { t } from '../text/text';
import { Tappable } from '../ui/button';
import { TextField } from '../ui/field';
import { Icon } from '../ui/icons';
import { go } from '../ui/route';
import { Sheet } from '../ui/sheet';
import { Tag } from '../ui/tag';
import { hold, homeOf, leave, mode, phone, store, take } from './session';

type Known = Awaited<ReturnType<Phone['people']>>;

export default function PersonSheet({ onClose }: { onClose: () => void }) {
  const [people, setPeople] = useState<Known>([]);
  const [asked, setAsked] = useState<Known[number]>();
  const [password, setPassword] = useState('');
  const [said, setSaid] = useState<string>();
  const me = store.value?.session.person;
  useEffect(() => { void phone.value?.people().then(setPeople); }, []);
  const enter = async (person: Known[number], secret?: string) => {
    const answer = await phone.value!.switchTo(person.id, secret);
    if ('problem' in answer && answer.problem.code === 'pin_needed') { const who = await phone.value!.held(person.id); onClose(); await hold(who); return; }
    if ('problem' in answer) { setAsked(person); if (secret !== undefined) setSaid(problemWords(answer.problem)); return; }
    onClose();
    await take(answer.store);
    go(homeOf(mode.value));
  };
  const another = () => { onClose(); leave(); go('/sign-in'); };
  return (
    <Sheet title={t('person.title')} closeWord={t('act.close')} onClose={onClose} testid="person-sheet">
      <p><Said>{t('person.now', { name: me?.name ?? '' })}</Said></p>
      <section class="card flat"><div class="rows">
        {people.filter((person) => person.id !== me?.id).map((person) => (
          <Tappable class="row" key={person.id} data-testid="person-row" data-username={person.username} onTap={() => void enter(person)}>
            <Icon name="me" /><span class="grow title" lang="zh-CN">{person.name}</span>{person.waiting > 0 && <Tag tone="wait" icon="waiting">{t('sync.waiting_short', { n: person.waiting })}</Tag>}
          </Tappable>
        ))}
        <Tappable class="row" data-testid="person-other" onTap={another}><Icon name="add" /><span class="grow title">{t('person.another')}</span></Tappable>
        {me && <Tappable class="row" onTap={() => { onClose(); go('/me'); }}><Icon name="me" /><span class="grow title">{t('tab.me')} · {t('me.look')}</span><Icon name="go" size={20} /></Tappable>}
      </div></section>
      {asked && (
        <form class="card" onSubmit={(event) => { event.preventDefault(); void enter(asked, password); }}>
          {said && <p class="never" role="alert">{said}</p>}
          <TextField label={<Said>{t('person.password_of', { name: asked.name })}</Said>} value={password} onText={setPassword} testid="person-password" rest={{ type: 'password', autoComplete: 'current-password' }} />
          <button type="submit" class="btn primary wide" data-testid="person-enter">{t('person.enter')}</button>
        </form>
      )}
      <p class="quiet">{phone.value?.canKeep ? t('person.kept') : p('plain.person')}</p>
    </Sheet>
  );
}
