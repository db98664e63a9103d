/** The frame of the phone app: sign-in or, for whoever is in, header, screen and bottom bar. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { StoreContext } from '../records/store_context';
import { modesOf } from '../records/roles';
import { kindOfForm } from '../records/forms';
import Today from '../screens/worker/today';
import { t, type Key } from '../text/text';
import { Dock, isDockTaken } from '../ui/dock';
import { route } from '../ui/route';
import { NoteLine } from '../ui/tag';
import { Bars } from './bars';
import { Header } from './header';
import * as part from './parts';
import { PageGuard } from './page_guard';
import { broken, choosing, held, homeOf, mode, rolesNow, store } from './session';
import { Tabs } from './tabs';

interface Page { tab: string; title: string; deep: boolean; screen: ComponentChildren }

const tabScreens: Record<string, () => ComponentChildren> = {
  today: () => <Today />, tasks: () => <part.Tasks />, log: () => <part.Log />, records: () => <part.Records />, me: () => <part.Me />,
  approvals: () => <part.Approvals />, map: () => <part.GridMap />, dispatch: () => <part.Dispatch />, team: () => <part.TeamScreen />,
};

function pageOf(): Page {
  const { parts, query } = route.value;
  const [first = homeOf(mode.value).slice(1), second = '', third = ''] = parts;
  const home = mode.value === 'leader' ? 'approvals' : 'today';
  const deep = (title: Key, screen: ComponentChildren, tab = home): Page => ({ tab, title: t(title), deep: true, screen });
  if (first === 'log' && second === 'hazard') return deep('kind.hazard', <part.HazardForm key={third} id={third} patrol={query.get('patrol') ?? undefined} place={query.get('place') ?? undefined} />, 'log');
  if (first === 'log' && second === 'visit') return deep('kind.visit', <part.VisitForm key={third} id={third} plan={query.get('plan') ?? undefined} />, 'log');
  if (first === 'log' && second === 'emergency') return deep('kind.emergency', <part.EmergencyForm key={third} id={third} />, 'log');
  if (first === 'log' && second === 'publicity') return deep('kind.publicity', <part.PublicityForm key={third} id={third} />, 'log');
  if (first === 'log' && second === 'information') return deep('kind.information', <part.InformationForm key={third} id={third} />, 'log');
  if (first === 'log' && second === 'mediation') return deep('kind.mediation', <part.MediationForm key={third} id={third} />, 'log');
  if (first === 'log' && second === 'outside_order') return deep('kind.outside_order', <part.OutsideForm key={third} id={third} />, 'log');
  if (first === 'mediation') return deep('kind.step', <part.StepForm key={third} mediation={second} id={third} />);
  if (first === 'task') return deep('tab.tasks', <part.TaskPage key={second} id={second} />, 'tasks');
  if (first === 'patrol') return deep('kind.patrol', <part.PatrolForm key={second} id={second} />);
  if (first === 'relook') return deep('relook.title', <part.RelookForm key={third} hazard={second} id={third} />);
  if (first === 'record') return deep('record.title', <part.RecordPage key={second} id={second} />, 'records');
  if (first === 'correct' || first === 'edit') return deep(kindOfForm(first), <part.Edit key={second} id={second} what={first} />, 'records');
  if (first === 'mydata') return deep('me.data', <part.MyData />, 'me');
  if (first === 'fixes') return deep('me.fixes', <part.OwnFixes />, 'me');
  if (first === 'notice') return deep('notice.title', <part.Notice />, 'me');
  const tab = first in tabScreens ? first : home;
  return { tab, title: t(`tab.${tab}` as Key), deep: tab === 'map' && mode.value === 'worker', screen: tabScreens[tab]!() };
}

function Frame() {
  const opened = store.value!;
  const page = pageOf();
  const main = useRef<HTMLElement>(null);
  const path = route.value.parts.join('/');
  useEffect(() => { window.scrollTo(0, 0); if (document.activeElement === document.body || !document.activeElement) main.current?.focus({ preventScroll: true }); }, [path]);
  const isField = modesOf(rolesNow()).length > 0;
  return (
    <StoreContext.Provider value={opened}>
      <div class="frame" key={opened.session.person.id}>
        <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>{t('app.skip')}</a>
        <Header title={isField || page.tab === 'me' ? page.title : t('app.name')} deep={page.deep} />
        <main class="main" id="main" tabIndex={-1} ref={main}>
          <Bars />
          {isField || page.tab === 'me' ? <PageGuard key={path}>{page.screen}</PageGuard> : <NoteLine tone="plain" icon="information"><p>{t('app.office_only')}</p><p><a class="btn" href="/office">{t('app.office')}</a></p></NoteLine>}
        </main>
        {!isDockTaken() && <Dock><Tabs current={page.tab} /></Dock>}
      </div>
    </StoreContext.Provider>
  );
}

export function App() {
  if (route.value.parts[0] === 'welcome') return <part.Welcome />;
  if (broken.value) return <part.Broken />;
  if (held.value) return <part.LockScreen />;
  if (store.value && choosing.value) return <part.ChoosePin />;
  if (route.value.parts[0] === 'notice' && !store.value) return <div class="frame"><main class="main"><part.Notice /></main></div>;
  return store.value ? <Frame /> : <part.SignIn />;
}
