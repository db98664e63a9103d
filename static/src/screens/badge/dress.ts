/** The sheet of this piece, by the object model: the page's policy lets no style stand in a document. */
import own from './badge.css';

let sheet: CSSStyleSheet | undefined;
export function dress(): void {
  if (sheet) return;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(own);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
