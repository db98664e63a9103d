/** When a part of the app could not be fetched (first visit, then offline). */
import { t } from '../text/text';
import { Button } from '../ui/button';
import { NoteLine } from '../ui/tag';

export function PartMissing({ retry }: { retry: () => void }) {
  return <NoteLine tone="wait" icon="retry" role="alert"><p>{t('part.missing')}</p><Button icon="retry" onTap={retry}>{t('act.retry')}</Button></NoteLine>;
}
