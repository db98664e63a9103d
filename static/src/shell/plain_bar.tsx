/** Where the browser cannot keep records, or cannot open the app offline, it is said here; and closing asks first while anything would be lost. */
import { useEffect, useState } from 'preact/hooks';
import { isShut, opensOffline } from '../device/offline';
import { p } from '../text/phones';
import { NoteLine } from '../ui/tag';
import { phone, status, store } from './session';

export default function PlainBar() {
  const isOnline = useOnline();
  useAskBeforeClosing();
  const isMemory = phone.value?.canKeep === false, loose = status.value?.loose;
  return (
    <>
      {isMemory && <NoteLine tone="stop" icon="refused" role="alert">{isOnline ? <p data-testid="plain-memory">{p('plain.memory')}</p> : <p class="strong" data-testid="plain-offline">{p('plain.offline')}</p>}{isShut.value && <p data-testid="plain-shut">{p('plain.shut')}</p>}</NoteLine>}
      {!isMemory && opensOffline.value === false && <NoteLine tone="wait" icon="phone" role="status"><span data-testid="plain-no-start">{p('plain.no_start')}</span></NoteLine>}
      {!!loose && <NoteLine tone="stop" icon="refused" role="alert"><span data-testid="plain-loose">{p('plain.loose', { n: loose })}</span></NoteLine>}
    </>
  );
}

function useOnline(): boolean {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener('online', look);
    addEventListener('offline', look);
    return () => { removeEventListener('online', look); removeEventListener('offline', look); };
  }, []);
  return isOnline;
}

/** What closing this page would lose: everybody's unsent work and drafts in memory, else the drafts that were not kept. */
async function atStake(): Promise<number> {
  if (phone.value?.canKeep !== false) return status.value?.loose ?? 0;
  const people = await phone.value.people();
  const drafts = (await store.value?.drafts()) ?? [];
  return people.reduce((sum, { waiting }) => sum + waiting, drafts.length);
}

function useAskBeforeClosing(): void {
  const opened = store.value;
  useEffect(() => {
    let lost = 0;
    const count = () => { atStake().then((n) => { lost = n; }, () => {}); };
    const ask = (event: BeforeUnloadEvent) => { if (lost) { event.preventDefault(); event.returnValue = true; } };
    count();
    const stop = opened?.onChange(count);
    addEventListener('beforeunload', ask);
    return () => { stop?.(); removeEventListener('beforeunload', ask); };
  }, [opened]);
}
