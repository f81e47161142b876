/**
 * Requirements and the catalogue come in; D1 to D11 go out as typed values for the plan and as records for people. A
 * decision reads earlier decisions as arguments, names the row that fired, keeps every rejected option with its reason,
 * and never reads a clock, a file or a product by name: products come through the catalogue value. What stands above
 * (the plan) it never looks at: the sizer, the plan's reserve and the price of its machines are handed in.
 */
export { decide, type MachinesListUsdPerMonth, type ReserveUsdPerMonth, type SizeServing } from './decide.ts';
export type { Decided } from './decided.ts';
export { type Row, rows } from './rows.ts';
