/** A bottom sheet on the browser's own <dialog>: focus stays inside, Esc and the backdrop close it. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Button } from './button';
import { noteChange } from './tap';
import { Toasts, sheets } from './toast';

export function Sheet(p: { title: ComponentChildren; closeWord: string; onClose: () => void; children: ComponentChildren; testid?: string; closeTestid?: string }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    noteChange();
    sheets.value++;
    return () => { dialog?.close(); noteChange(); sheets.value--; };
  }, []);
  return (
    <dialog ref={ref} class="sheet" aria-labelledby={id} data-testid={p.testid}
      onCancel={(event) => { event.preventDefault(); p.onClose(); }}
      onClick={(event) => { if (event.target === ref.current) p.onClose(); }}>
      <div class="sheet-head">
        <h2 id={id}>{p.title}</h2>
        <Button kind="bare" icon="close" data-testid={p.closeTestid} onTap={p.onClose}>{p.closeWord}</Button>
      </div>
      <div class="sheet-body">{p.children}</div>
      <Toasts inSheet />
    </dialog>
  );
}
