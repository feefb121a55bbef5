/**
 * What AWS does and the stand-ins reproduce, item by item: a table per service, which code and tests share. A contract test's name carries the
 * ids of what it shows, `[aws-A1a]`: section, item, part. Where AWS says nothing, the behaviour is assumed, and `Faults.choose` is asked by its id.
 */

export type Basis =
	| { readonly label: 'documented'; readonly source: string }
	/** on a real account */
	| { readonly label: 'measured'; readonly on: string; readonly source: string }
	/** AWS doesn't say; `why` says what it rests on */
	| { readonly label: 'assumed'; readonly why: string };

export interface Behaviour {
	readonly id: string;
	/** rule: always so. fault: happens by a seed, when it is asked for */
	readonly kind: 'rule' | 'fault';
	readonly says: string;
	readonly basis: Basis;
	/** why no contract test shows it */
	readonly whyNot?: string;
}

const guide = 'https://docs.aws.amazon.com/';

/** @param page address below docs.aws.amazon.com, or a whole one */
export const documented = (page: string): Basis => ({ label: 'documented', source: page.startsWith('https://') ? page : `${guide}${page}` });
export const assumed = (why: string): Basis => ({ label: 'assumed', why });

const row =
	(kind: Behaviour['kind']) =>
	(id: string, says: string, basis: Basis, whyNot?: string): Behaviour => ({ id, kind, says, basis, ...(whyNot === undefined ? {} : { whyNot }) });

export const rule = row('rule');
export const fault = row('fault');
