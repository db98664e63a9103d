/** 任务: tasks come with the closed loop; until then the page says so plainly. */
import { t } from '../../text/text';
import { Empty } from '../../ui/tag';

export default function Tasks() {
  return <Empty icon="tasks"><p class="strong">{t('tasks.none')}</p><p>{t('tasks.later')}</p></Empty>;
}
