/** Sign-in: name, password, one act. Large text is offered once; people known to this phone are one tap away. */
import { useEffect, useState } from 'preact/hooks';
import { wasGone } from '../device/gone';
import { Said, problemWords } from '../records/words';
import type { Phone } from '../store/api';
import { p } from '../text/phones';
import { language, t } from '../text/text';
import { Button, Tappable } from '../ui/button';
import { TextField } from '../ui/field';
import { Icon } from '../ui/icons';
import { go, replaceWith, route } from '../ui/route';
import { NoteLine, Tag } from '../ui/tag';
import { Dock } from '../ui/dock';
import { LargeText } from './large_text';
import { changeLook, look } from './look';
import PlainBar from './plain_bar';
import { ResetSheet, resetDoor } from './reset_sheet';
import { held, homeOf, lastUsername, mode, noteTrouble, phone, take } from './session';

type Known = Awaited<ReturnType<Phone['people']>>;

export default function SignIn() {
  const [people, setPeople] = useState<Known>([]);
  const [name, setName] = useState(route.value.parts[0] === 'sign-in' && route.value.query.has('again') ? lastUsername() : '');
  const [password, setPassword] = useState('');
  const [said, setSaid] = useState<string>();
  const [gone] = useState(wasGone);
  const [busy, setBusy] = useState(false);
  const [resetting, setResetting] = useState(false);
  useEffect(() => { phone.value?.people().then((known) => { setPeople(known); if (known.length === 1) setName((typed) => typed || known[0]!.username); }, () => {}); }, []);

  const enter = async () => {
    if (busy || !phone.value) return;
    if (!name.trim() || !password) { setSaid(t('sign_in.both')); return; }
    setBusy(true);
    setSaid(undefined);
    try {
      const answer = await phone.value.signIn(name.trim(), password, route.value.query.has('forgot'));
      if ('problem' in answer) { setSaid(problemWords(answer.problem)); return; }
      if (!look.value.size_asked) void changeLook({ size_asked: true });
      await take(answer.store);
      const first = route.value.parts[0];
      if (!first || first === 'sign-in') replaceWith(`#${homeOf(mode.value)}`);
    } catch (problem) { noteTrouble(problem); setSaid(p('plain.sign_in')); } finally { setBusy(false); }
  };

  return (
    <div class="frame">
      <main class="main" style="padding-bottom:32px">
        <div class="brand"><h1>{t('app.name')}</h1>{phone.value?.canKeep && <p class="quiet">{t('app.what')}</p>}</div>
        <div class="line">
          <Button data-testid="language-switch" lang={language.value === 'zh' ? 'en' : 'zh-CN'} onTap={() => void changeLook({ language: language.value === 'zh' ? 'en' : 'zh' })}>{language.value === 'zh' ? 'English' : '中文'}</Button>
          <Button data-testid="night-switch" onTap={() => void changeLook({ theme: look.value.theme === 'sun' ? 'night' : 'sun' })}>{t(look.value.theme === 'sun' ? 'theme.night' : 'theme.sun')}</Button>
        </div>
        {gone && <NoteLine tone="wait" icon="information" role="status"><p data-testid="was-cleared">{t('sign_in.cleared')}</p></NoteLine>}
        <LargeText />
        <PlainBar />
        {people.length > 0 && <People people={people} onPick={(picked) => setName(picked)} onProblem={setSaid} />}
        <form class="card" onSubmit={(event) => { event.preventDefault(); void enter(); }} noValidate>
          {said && <NoteLine tone="stop" icon="refused" role="alert"><Said>{said}</Said></NoteLine>}
          <TextField label={t('sign_in.name')} value={name} onText={setName} testid="sign-in-name" rest={{ autoComplete: 'username', autoCapitalize: 'none', spellcheck: false, name: 'username' }} />
          <TextField label={t('sign_in.password')} value={password} onText={setPassword} testid="sign-in-password" rest={{ type: 'password', autoComplete: 'current-password', name: 'password' }} />
          <button type="submit" class="btn primary wide" data-testid="sign-in-submit" aria-disabled={busy}>{t(busy ? 'sign_in.doing' : 'sign_in.submit')}</button>
          {!resetDoor().resetPassword && <p class="quiet">{t('sign_in.forgotten')}</p>}
        </form>
        {resetDoor().resetPassword && <Button kind="bare" data-testid="reset-open" onTap={() => setResetting(true)}>{t('reset.open')}</Button>}
        {resetting && <ResetSheet username={name} onClose={() => setResetting(false)} />}
        <Button kind="bare" onTap={() => go('/notice')}>{t('notice.title')}</Button>
      </main>
      <Dock />
    </div>
  );
}

/** Several people share one phone: whoever was here before, with what of theirs is still unsent. */
function People({ people, onPick, onProblem }: { people: Known; onPick: (username: string) => void; onProblem: (words: string) => void }) {
  const open = async (person: Known[number]) => {
    onPick(person.username);
    const answer = await phone.value!.switchTo(person.id);
    if ('problem' in answer && answer.problem.code === 'pin_needed') { held.value = await phone.value!.held(person.id); return; }
    if ('store' in answer) { await take(answer.store); replaceWith(`#${homeOf(mode.value)}`); } else onProblem(t('person.password_needed', { name: person.name }));
  };
  return (
    <section class="card flat" aria-label={t('person.on_this_phone')}>
      <h2 style="padding:12px 16px 4px">{t('person.on_this_phone')}</h2>
      <div class="rows">{people.map((person) => (
        <Tappable class="row" key={person.id} data-testid="person-row" data-username={person.username} onTap={() => void open(person)}>
          <Icon name="me" /><span class="grow title" lang="zh-CN">{person.name}</span>{person.waiting > 0 && <Tag tone="wait" icon="waiting">{t('sync.waiting_short', { n: person.waiting })}</Tag>}
        </Tappable>
      ))}</div>
    </section>
  );
}
