/** 大字？ asked once where somebody starts on a phone, answered by one tap, and never in the way. */
import { t } from '../text/text';
import { Button } from '../ui/button';
import { changeLook, look } from './look';

export function LargeText() {
  if (look.value.size_asked) return null;
  return (
    <section class="card" aria-label={t('size.ask')}>
      <p class="strong" style="font-size:var(--text-l)">{t('size.ask')}</p>
      <div class="line">
        <Button kind="act" class="btn act grow" data-testid="large-text-yes" onTap={() => void changeLook({ size: 'elder', size_asked: true })}><span style="font-size:var(--text-l)">{t('size.yes')}</span></Button>
        <Button class="btn grow" data-testid="large-text-no" onTap={() => void changeLook({ size_asked: true })}>{t('size.no')}</Button>
      </div>
    </section>
  );
}
