/**
 * Photos over Wi-Fi only: the person's choice on this phone. Texts never wait, nor do photos of the urgent lane; and
 * where the browser does not tell what the link is, nothing waits.
 */
import type { Env } from './env';

/** the setting that keeps the choice */
export const WIFI_ONLY = 'wifi_only';
/** links that cost by the byte */
const PAID = ['cellular', 'bluetooth', 'wimax'];

export class WifiChoice {
  is_on = false;
  /** photos that the person sends now all the same, until the page is closed */
  readonly sent_anyway = new Set<string>();

  constructor(private env: Pick<Env, 'link'>) {}

  mustWait(sha256: string): boolean {
    return this.is_on && PAID.includes(this.env.link?.() ?? '') && !this.sent_anyway.has(sha256);
  }
}
