/** How the sending stands, in one tone and a few words: the same on the chip and on Me. Pure. */
import type { StillOut } from '../records/still_out';
import type { SyncStatus } from '../store/api';
import { t } from '../text/text';
import type { IconName } from '../ui/icons';

export interface SyncWords { tone: 'ok' | 'wait' | 'stop'; icon: IconName; words: string }

/** The gravest first. `out` is undefined until the outbox was opened once. */
export function syncWords(now: Pick<SyncStatus, 'waiting' | 'refused'> | undefined, out: StillOut | undefined): SyncWords {
  if (now?.refused) return { tone: 'stop', icon: 'refused', words: t('sync.refused', { n: now.refused }) };
  if (out?.conflicts) return { tone: 'stop', icon: 'mediations', words: t('sync.conflicts', { n: out.conflicts }) };
  if (now?.waiting) return { tone: 'wait', icon: 'waiting', words: t('sync.waiting', { n: now.waiting }) };
  if (out?.held) return { tone: 'wait', icon: 'waiting', words: t('sync.held', { n: out.held }) };
  if (out?.announced) return { tone: 'wait', icon: 'phone', words: t('sync.announced', { n: out.announced }) };
  return { tone: 'ok', icon: 'sent', words: t('sync.all') };
}
