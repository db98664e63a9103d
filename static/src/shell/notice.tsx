/** What is collected and what never is, in plain words. */
import { t, type Key } from '../text/text';
import { Button } from '../ui/button';
import { back } from '../ui/route';
import { store } from './session';

const parts: { title: Key; lines: Key[] }[] = [
  { title: 'notice.collected', lines: ['notice.collected_1', 'notice.collected_2', 'notice.collected_3'] },
  { title: 'notice.never', lines: ['notice.never_1', 'notice.never_2', 'notice.never_3'] },
  { title: 'notice.here', lines: ['notice.here_1', 'notice.here_2', 'notice.here_3'] },
  { title: 'notice.rights', lines: ['notice.rights_1', 'notice.rights_2'] },
];

export default function Notice() {
  return (
    <>
      {!store.value && <h1>{t('notice.title')}</h1>}
      {parts.map((part) => <section class="card" key={part.title}><h2>{t(part.title)}</h2><ul class="stack-s">{part.lines.map((line) => <li key={line}>{t(line)}</li>)}</ul></section>)}
      {!store.value && <Button wide onTap={() => back('#/sign-in')}>{t('act.back')}</Button>}
    </>
  );
}
