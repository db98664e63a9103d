/** The piece of the app with the own score sheets, fetched when My record is opened. */
export { Scores } from './scores';
export { ScorePage } from './page';
export { fetchReckoning } from './reckoning';
