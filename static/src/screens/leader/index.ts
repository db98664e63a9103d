/** The piece of the app for grid leaders and advisers, fetched when one of them is on the phone. */
import { keepPiece } from '../../device/pieces';

export { default as Approvals } from './approvals';
export { default as Dispatch } from './dispatch';
export { default as TeamScreen } from './team';

keepPiece('leader');
