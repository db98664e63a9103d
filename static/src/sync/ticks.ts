/** While a screen is visible the engine pulls this often. */
export const TICK_MS = 60_000;
/** While a call-out is open in the person's area. */
export const ALARM_TICK_MS = 15_000;
