/** The phone's database does not open: a newer version has upgraded it, or an upgrade failed. Nothing of it was changed. */
import { fetchUpdate } from '../device/fetch_update';
import { b } from '../text/broken';
import { Button } from '../ui/button';
import { NoteLine } from '../ui/tag';
import { phone } from './session';

export default function Broken() {
  return (
    <div class="frame">
      <main class="main" data-testid="broken">
        <h1 style="font-size:var(--text-l);padding-top:16px">{b('broken.title')}</h1>
        <NoteLine tone="stop" icon="refused" role="alert"><p>{b('broken.kept')}</p><p>{b('broken.do')}</p></NoteLine>
        <Button kind="primary" icon="retry" data-testid="broken-again" onTap={() => void fetchUpdate().then(() => phone.value?.applyUpdate())}>{b('broken.again')}</Button>
      </main>
    </div>
  );
}
