/** The bottom bar: toasts above, then a page's own acts, then the tabs. A form takes it over while it is open. */
import { render, type ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { signal } from '@preact/signals';
import { ignoreEcho } from './tap';
import { Toasts } from './toast';

const forms = signal(0);
const extraPlace = signal<HTMLElement | null>(null);

/** True while a form holds the bottom bar: the tabs step aside, and nothing may interrupt. */
export const isDockTaken = (): boolean => forms.value > 0;

export function Dock({ children, label }: { children?: ComponentChildren; label?: string }) {
  const ref = useRef<HTMLElement>(null);
  const extra = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const bar = ref.current;
    if (!bar) return;
    extraPlace.value = extra.current;
    const watch = new ResizeObserver(() => document.documentElement.style.setProperty('--dock', `${bar.offsetHeight}px`));
    watch.observe(bar);
    return () => { watch.disconnect(); if (extraPlace.value === extra.current) extraPlace.value = null; };
  }, []);
  return <footer class="dock" ref={ref} aria-label={label}><Toasts /><div ref={extra} />{children}</footer>;
}

/** The dock of a form: pinned acts at the bottom, full width, where the thumb rests. */
export function PinnedBar({ children, label }: { children: ComponentChildren; label: string }) {
  useEffect(() => { forms.value++; return () => { forms.value--; }; }, []);
  return <Dock label={label}><div class="pinned" onClickCapture={ignoreEcho}>{children}</div></Dock>;
}

/** Draws `acts` inside the dock, above the tabs, while the caller is on the page (compat's portal weighs 4 KiB more). */
export function DockExtra({ children }: { children: ComponentChildren }) {
  const place = extraPlace.value;
  useEffect(() => { if (place) render(<>{children}</>, place); });
  useEffect(() => () => { if (place) render(null, place); }, [place]);
  return null;
}
