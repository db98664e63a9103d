/** The piece of the app for grid leaders and advisers. */
export { default as Approvals } from './approvals';
export { default as Dispatch } from './dispatch';
export { default as TeamScreen } from './team';
