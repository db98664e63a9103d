/** The frame of every form: content above, the save pinned below. */
import type { ComponentChildren } from 'preact';
import { t } from '../text/text';
import { Button } from '../ui/button';
import { PinnedBar } from '../ui/dock';

export function FormFrame(p: { children: ComponentChildren; onSave: () => void; saveWord?: string; secondary?: ComponentChildren }) {
  return (
    <div class="stack">
      {p.children}
      <PinnedBar label={t('form.acts')}>
        {p.secondary}
        <Button kind="primary" icon="check" data-testid="save" onTap={p.onSave}>{p.saveWord ?? t('act.save')}</Button>
      </PinnedBar>
    </div>
  );
}
