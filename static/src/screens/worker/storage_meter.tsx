/** How much room the app uses on this phone, in a bar and in words; and whether the browser promised to keep it. */
import type { SyncStatus } from '../../store/api';
import { t } from '../../text/text';

const MB = 1_048_576, GB = 1024 * MB;
/** `5.1 MB` · `10 GB`: a number and its unit stay on one line. */
function size(bytes: number): string {
  const [unit, word] = bytes < GB ? [MB, 'MB'] : [GB, 'GB'];
  return `${(bytes / unit).toFixed(bytes < 10 * unit ? 1 : 0)}\u00A0${word}`;
}

export function StorageMeter({ storage }: { storage: SyncStatus['storage'] }) {
  if (!storage?.quota) return null;
  const share = Math.min(100, (storage.used / storage.quota) * 100);
  return (
    <div class="stack-s">
      <p>{t('storage.used', { used: size(storage.used), quota: size(storage.quota) })}</p>
      <div class="meter" role="meter" aria-label={t('storage.title')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share)}><i style={`width:${Math.max(1, share)}%`} /></div>
      <p class="quiet">{storage.persisted ? t('storage.persisted') : t('storage.not_persisted')}</p>
    </div>
  );
}
