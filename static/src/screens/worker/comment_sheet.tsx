/** 写指导意见: the adviser's words for author and leader. */
import { useState } from 'preact/hooks';
import { MOST_WORDS, comment } from '../../records/comments';
import { SafetyLine } from '../../records/safety_line';
import { tellSaved } from '../../records/save';
import type { RecordRow } from '../../records/shapes';
import { useStore } from '../../records/store_context';
import { said } from '../../text/comments';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { TextField } from '../../ui/field';
import { Sheet } from '../../ui/sheet';

export function CommentSheet({ record, onClose }: { record: RecordRow; onClose: () => void }) {
  const store = useStore();
  const [words, setWords] = useState('');
  const [tried, setTried] = useState(false);
  const fault = !words.trim() ? said('missing') : [...words.trim()].length > MOST_WORDS ? said('too_long', { n: MOST_WORDS }) : undefined;
  const send = async () => {
    setTried(true);
    if (!fault && tellSaved(await comment(store, record, words), said('sent'))) onClose();
  };
  return (
    <Sheet title={said('title')} closeWord={t('act.close')} onClose={onClose}>
      <p>{said('who')}</p>
      <TextField long label={said('words')} value={words} onText={setWords} hint={<SafetyLine />} error={tried ? fault : undefined} testid="comment-words" />
      <Button kind="primary" wide icon="check" data-testid="comment-send" onTap={send}>{said('send')}</Button>
    </Sheet>
  );
}
