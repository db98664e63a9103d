/** Stands at every note and every photo, always the same words. */
import { t } from '../text/text';
import { Icon } from '../ui/icons';

export function SafetyLine() {
  return <p class="never"><Icon name="obstructed" size={18} /><span>{t('form.no_secrets')}</span></p>;
}
