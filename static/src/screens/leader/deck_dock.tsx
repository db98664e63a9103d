/** The two decisions, pinned just above the tabs: the tabs stay, for a leader comes and goes between cards. */
import type { ComponentChildren } from 'preact';
import { t } from '../../text/text';
import { DockExtra } from '../../ui/dock';
import { ignoreEcho } from '../../ui/tap';

export function DeckDock({ above, children }: { above?: ComponentChildren; children: ComponentChildren }) {
  return <DockExtra>{above && <div class="dock-line">{above}</div>}<div class="pinned" onClickCapture={ignoreEcho} role="group" aria-label={t('approvals.acts')}>{children}</div></DockExtra>;
}
