/** The tab bar of the mode; 记一笔 stands raised in the middle, or floats above the leader's bar. */
import { t } from '../text/text';
import { Icon, type IconName } from '../ui/icons';
import { mode, tabsOf, type TabName } from './session';

const icons: Record<TabName, IconName> = {
  today: 'today', tasks: 'tasks', log: 'add', records: 'records', me: 'me', approvals: 'approve', map: 'map', dispatch: 'dispatch', team: 'team',
};

export function Tabs({ current }: { current: string }) {
  const tabs = tabsOf(mode.value);
  return (
    <>
      {mode.value === 'leader' && current !== 'approvals' && (
        <div class="float-log"><a class="btn primary" href="#/log" data-testid="tab-log"><Icon name="add" /><span>{t('tab.log')}</span></a></div>
      )}
      <nav class="tabs" aria-label={t('tab.all')}>
        {tabs.map((tab) => (
          <a key={tab} class={`tab ${tab === 'log' ? 'raised' : ''}`} href={`#/${tab}`} data-testid={`tab-${tab}`} aria-current={tab === current ? 'page' : undefined}>
            {tab === 'log' ? <span class="knob"><Icon name="add" size={30} /></span> : <Icon name={icons[tab]} />}
            <span>{t(`tab.${tab}`)}</span>
          </a>
        ))}
      </nav>
    </>
  );
}
