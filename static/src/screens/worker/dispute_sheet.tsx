/** 不同意退回: the author asks the adviser or the town to decide. */
import { useState } from 'preact/hooks';
import { SafetyLine } from '../../records/safety_line';
import { tellSaved } from '../../records/save';
import type { RecordRow } from '../../records/shapes';
import { useStore } from '../../records/store_context';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { TextField } from '../../ui/field';
import { Sheet } from '../../ui/sheet';

export function DisputeSheet({ record, onClose }: { record: RecordRow; onClose: () => void }) {
  const store = useStore();
  const [words, setWords] = useState('');
  const send = async () => {
    const done = await store.act({
      name: 'approvals.dispute', payload: { record_id: record.id, ...(words.trim() ? { words: words.trim() } : {}) }, base_version: record.version ?? 0,
      shows: { kind: 'record', row: { ...record, review: { ...record.review, status: 'disputed' } } as never },
    });
    if (tellSaved(done, t('dispute.saved'))) onClose();
  };
  return (
    <Sheet title={t('dispute.open')} closeWord={t('act.close')} onClose={onClose}>
      <p>{t('dispute.who_decides')}</p>
      <TextField long label={`${t('dispute.why')} ${t('form.optional')}`} value={words} onText={setWords} hint={<SafetyLine />} testid="dispute-words" />
      <Button kind="primary" wide data-testid="dispute-confirm" onTap={send}>{t('dispute.send')}</Button>
    </Sheet>
  );
}
