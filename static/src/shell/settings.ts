/** The piece of the app around a person and a phone: sign-in, switching, what is unsent, how it looks. */
import { renewAtEveryStart } from './reminders';

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
