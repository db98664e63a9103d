/** The header: whose phone it is, where one is, the other mode, and the sync chip, always at the same place. */
import { useState } from 'preact/hooks';
import { modesOf } from '../records/roles';
import { stillOut } from '../records/still_out';
import { useLive } from '../records/store_context';
import { t } from '../text/text';
import { Button, Tappable } from '../ui/button';
import { Icon } from '../ui/icons';
import { back, go } from '../ui/route';
import { OutboxSheet, PersonSheet } from './parts';
import { homeOf, mode, rolesNow, status, store, switchMode } from './session';
import { syncWords } from './sync_words';

export function Header({ title, deep }: { title: string; deep: boolean }) {
  const opened = store.value!;
  const [sheet, setSheet] = useState<'outbox' | 'person'>();
  const severalModes = modesOf(rolesNow()).length > 1;
  const other = mode.value === 'worker' ? 'leader' : 'worker';
  return (
    <header class="head">
      {deep
        ? <Button kind="bare" icon="back" data-testid="back" aria-label={t('act.back')} onTap={() => back(homeOf(mode.value))} />
        : <Tappable class="face" data-testid="person-switch" aria-label={t('person.switch_from', { name: opened.session.person.name })} onTap={() => setSheet('person')}>
            <span lang="zh-CN">{opened.session.person.name.slice(0, 1)}</span>
          </Tappable>}
      <h1 tabIndex={-1} id="page-title" class={title.length > 18 ? 'long' : undefined}>{title}</h1>
      {!deep && severalModes && (
        <Button data-testid="mode-switch" data-mode={mode.value} aria-label={t('mode.switch_to', { mode: t(`mode.${other}`) })}
          onTap={() => { switchMode(); go(homeOf(mode.value)); }}>⇄ {t(`mode.${other}`)}</Button>
      )}
      <SyncChip onTap={() => setSheet('outbox')} />
      {sheet === 'outbox' && <OutboxSheet onClose={() => setSheet(undefined)} />}
      {sheet === 'person' && <PersonSheet onClose={() => setSheet(undefined)} />}
    </header>
  );
}

function SyncChip({ onTap }: { onTap: () => void }) {
  const now = status.value;
  const out = useLive(stillOut, ['outbox', 'announced', 'status']);
  const { tone, icon, words } = syncWords(now, out);
  return (
    <Tappable class={`sync-chip ${tone}`} data-testid="sync-chip" data-waiting={now?.waiting ?? 0} data-refused={now?.refused ?? 0} data-tone={tone} aria-haspopup="dialog" onTap={onTap}>
      <Icon name={icon} size={20} /><span>{words}</span>
    </Tappable>
  );
}
