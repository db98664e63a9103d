/** As lock_zh.ts. */
import type { LockWords } from './lock';

export const en: LockWords = {
  'lock.title': '{name}, locked', 'lock.enter': 'Enter your 6-digit PIN', 'lock.checking': 'Checking…', 'lock.digits': '{n} of 6 digits entered', 'lock.pad': 'Digits', 'lock.delete': 'Delete',
  'lock.wrong': 'Wrong PIN. {left} tries left.', 'lock.out': 'Too many wrong tries. Sign in with your password when you are online; records and drafts on this phone are all still here.', 'lock.failed': 'That did not work. Please try again.',
  'lock.forgot': 'Forgot the PIN: use the password', 'lock.other': 'Another person', 'lock.calls': 'Emergency calls, no PIN needed', 'lock.gas': 'Gas repair', 'lock.fire': 'Fire', 'lock.police': 'Police', 'lock.ambulance': 'Ambulance',
  'choose.title': 'Choose a 6-digit PIN', 'choose.why': 'If the phone is lost, nobody else can open your records. It locks after 5 minutes without use, but not during a patrol or while you take a photo. The PIN works without a network.', 'choose.first': 'Enter a new 6-digit PIN', 'choose.again': 'Once more, the same digits',
  'choose.simple': 'This one is too easy to guess. Choose another.', 'choose.differ': 'The two were not the same. Please start again.', 'choose.failed': 'The PIN was not set. Sign in again with your password, then set it.', 'choose.done': 'Your PIN is set',
  'welcome.title': 'Sign in on this phone', 'welcome.who': 'Account: {name}', 'welcome.new_password': 'Choose a new password (at least 10 characters)', 'welcome.do': 'Set it and sign in', 'welcome.short': 'A password has at least 10 characters.', 'welcome.failed': 'You are not signed in. Try again when you are online.',
  'welcome.gone': 'This QR code does not open anything. Ask your grid leader or office to show a new one.', 'welcome.to_sign_in': 'To the sign-in page', 'welcome.used': 'The QR code was used already, has expired, or there were too many tries. Ask your grid leader or office to show a new one.',
};
