/** The piece of the app for emergency mode, fetched when somebody is called. */
export { CalloutStrip } from './strip';
