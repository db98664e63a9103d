/** 交办: comes with the closed loop; the page says so plainly. */
import { t } from '../../text/text';
import { Empty } from '../../ui/tag';

export default function Dispatch() {
  return <Empty icon="dispatch"><p class="strong">{t('dispatch.later')}</p><p>{t('dispatch.meanwhile')}</p></Empty>;
}
