/** The piece of the app with the own score sheets, fetched when My record is opened. */
import { keepPiece } from '../../device/pieces';

export { Scores } from './scores';
export { ScorePage } from './page';
export { fetchReckoning } from './reckoning';

keepPiece('record');
