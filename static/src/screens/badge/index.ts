/** The piece of the app for the work badge: fetched when first opened, and kept like every other. */
export { default as Badge } from './badge';
export { default as CheckColleague } from './check';
export { ensureBadgeKeys } from '../../shell/badge_phone';
