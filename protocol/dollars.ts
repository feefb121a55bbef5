import { budgets } from './limits.ts';

/** A budget's sum as people write it: `20`, `7.50`; undefined: it is none that a budget can be. US dollars. */
export const dollarsOf = (text: string): number | undefined => {
	const usd = /^\d{1,6}(\.\d{1,2})?$/.test(text) ? Number(text) : 0;
	return usd >= budgets.least && usd <= budgets.most ? usd : undefined;
};

/** `$20`, `$7.50` */
export const inDollars = (usd: number): string => `$${Number.isInteger(usd) ? usd : usd.toFixed(2)}`;
