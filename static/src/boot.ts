/** Starts the phone app: look first (no flash), then the phone's door, then whoever was here last. */
import { h, render } from 'preact';
import { listenForInstall } from './device/install';
import { isShut } from './device/offline';
import { createPhone } from './phone';
import { askAhead } from './records/store_context';
import { readToday } from './screens/worker/today';
import { App } from './shell/app';
import { firstLook } from './shell/look';
import { fetchSoon, lock } from './shell/parts';
import { before, held, homeOf, mode, noteTrouble, phone, take } from './shell/session';
import { t } from './text/text';
import { startRouting, route } from './ui/route';
import { swallowEchoes, whenActFails } from './ui/tap';
import { toast } from './ui/toast';

async function start(): Promise<void> {
  const page = document.getElementById('app');
  if (!page) return;
  listenForInstall();
  startRouting();
  swallowEchoes(document);
  whenActFails(() => { toast(t('save.failed'), { ms: 8000 }); });
  let tellShown = (): void => {};
  const shown = new Promise<void>((resolve) => { tellShown = resolve; });
  const [door] = await Promise.all([createPhone(shown), firstLook()]);
  phone.value = door;
  before.shown = async (opened) => { if (opened.session.policy.pin) await (await lock()).begin(opened); };
  const opened = await door.resume().catch(async (problem: unknown) => {
    // it is there and of another version, or its upgrade failed: nothing of it may be lost by going on without it
    if ((problem as Error | null)?.name === 'DatabaseLost') return noteTrouble(problem);
    console.error(problem);
    isShut.value = true;
    phone.value = await createPhone(shown, true);
    return undefined;
  });
  if (!opened) held.value = await phone.value.held().catch(() => undefined);
  else {
    await take(opened);
    const first = route.value.parts[0] ?? homeOf(mode.value).slice(1);
    if (first === 'today') await askAhead(opened, readToday);
    else void opened.list('absence').catch(() => {}); // opens the index while the code of the screen comes
  }
  page.textContent = '';
  render(h(App, {}), page);
  tellShown();
  fetchSoon();
}

void start();
