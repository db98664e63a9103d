/** Low-risk records passed together: each is named, each can be left out. */
import { useState } from 'preact/hooks';
import type { Matter, RecordRow } from '../../records/shapes';
import { MatterName, Zh, kindWord } from '../../records/words';
import { sayMoment } from '../../text/days';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { AnyOf } from '../../ui/chips';
import { Sheet } from '../../ui/sheet';

export function BatchSheet({ records, matters, onClose, onPass }: { records: RecordRow[]; matters: Map<string, Matter>; onClose: () => void; onPass: (records: RecordRow[]) => void }) {
  const [chosen, setChosen] = useState(records.map((record) => record.id));
  return (
    <Sheet title={t('approvals.batch_title')} closeWord={t('act.close')} onClose={onClose}>
      <AnyOf label={t('approvals.batch_title')} layout="column" values={chosen} onPick={setChosen} choices={records.map((record) => ({
        value: record.id,
        label: <span><span class="strong">{kindWord(record.kind)} · <MatterName matter={matters.get(record.matter_code ?? '')} short /></span><span class="quiet" style="display:block"><Zh>{record.author_name}</Zh> · {sayMoment(record.acted_at)}</span></span>,
      }))} />
      <Button kind="primary" wide icon="check" data-testid="batch-confirm" disabled={!chosen.length} onTap={() => onPass(records.filter((record) => chosen.includes(record.id)))}>{t('approvals.batch_pass', { n: chosen.length })}</Button>
    </Sheet>
  );
}
