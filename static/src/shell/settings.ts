/** The piece of the app around a person and a phone: sign-in, switching, what is unsent, how it looks. */
import { effect } from '@preact/signals';
import { leadAhead } from './lead_ahead';
import { renewAtEveryStart } from './reminders';
import { store } from './session';

export { default as Me } from '../screens/worker/me';
export { default as MyData } from '../screens/worker/my_data';
export { default as OwnFixes } from '../screens/worker/own_fixes';
export { default as Broken } from './broken';
export { default as Notice } from './notice';
export { default as OutboxSheet } from './outbox_sheet';
export { default as PersonSheet } from './person_sheet';
export { default as PlainBar } from './plain_bar';
export { default as SignIn } from './sign_in';

renewAtEveryStart(); // this piece is fetched at every start, when the phone rests
leadAhead(() => import('../screens/leader/index'));

/** Whoever has a work badge can show it by the minute before its page was ever opened: its keys are asked for here. */
effect(() => {
  const opened = store.value;
  void opened?.list('badge').then(async (rows) => { if (rows.length) await (await import('../screens/badge/index')).ensureBadgeKeys(opened); }).catch(() => {});
});
