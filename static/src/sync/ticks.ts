/** While a screen is visible the engine pulls this often. */
export const TICK_MS = 60_000;
