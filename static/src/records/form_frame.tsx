/** The frame of every form: content above, the way out of it at the end, the save pinned below. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Id, Photo } from '../store/api';
import { t } from '../text/text';
import { Button } from '../ui/button';
import { PinnedBar } from '../ui/dock';
import { replaceWith } from '../ui/route';
import { BehalfLine } from './behalf';
import type { DraftState } from './draft';
import type { Behalf } from './envelope';
import { useStore } from './store_context';
import { WhyReturned } from './why_returned';

/** ``corrects``: the record that is put right; why it came back stands above. */
export function FormFrame(p: { children: ComponentChildren; onSave: () => unknown; saveWord?: string; drop?: ComponentChildren; corrects?: Id | false; behalf?: Pick<DraftState<{ on_behalf?: Behalf | undefined }>, 'body' | 'change'> }) {
  return (
    <div class="stack">
      {p.corrects && <WhyReturned id={p.corrects} />}
      {p.behalf?.body.on_behalf && <BehalfLine draft={p.behalf} />}
      {p.children}
      {p.drop}
      <PinnedBar label={t('form.acts')}>
        <Button kind="primary" icon="check" data-testid="save" onTap={p.onSave}>{p.saveWord ?? t('act.save')}</Button>
      </PinnedBar>
    </div>
  );
}

/** Throwing a draft away, asked twice and far from the thumb's rest; its photos go with it, unless a record has them. */
export function DropDraft({ id, draft, isCorrection }: { id: Id; draft: Pick<DraftState<{ photos: Photo[] }>, 'close' | 'newest' | 'reopen'>; isCorrection: boolean }) {
  const store = useStore();
  const [sure, setSure] = useState(false);
  const drop = async () => {
    await draft.close();
    try {
      await store.dropDraft(id);
    } catch (problem) {
      draft.reopen(); // it is still there, and so is what is typed from here on
      throw problem;
    }
    if (!isCorrection) await Promise.all(draft.newest().photos.map((photo) => store.dropPhoto(photo.sha256, true))).catch(console.error); // what stays is swept later
    replaceWith('#/');
  };
  return sure
    ? <div class="line"><Button onTap={() => setSure(false)}>{t('act.cancel')}</Button><Button kind="stop" icon="trash" data-testid="draft-drop-sure" onTap={drop}>{t('form.drop_sure')}</Button></div>
    : <div class="line"><Button icon="trash" data-testid="draft-drop" onTap={() => setSure(true)}>{isCorrection ? t('form.drop_change') : t('form.drop')}</Button></div>;
}
