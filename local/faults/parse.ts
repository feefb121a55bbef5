/** Reads what `--faults` says: `reorder=20%,drop=1%,delay=50..300ms,cut=30s`. */
import type { FaultSettings } from './faults.ts';
import { type ChanceName, type CountName, chances, counts, type DurationName, durations } from './names.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const isChance = (name: string): name is ChanceName => Object.hasOwn(chances, name);
const isDuration = (name: string): name is DurationName => Object.hasOwn(durations, name);

const isCount = (name: string): name is CountName => Object.hasOwn(counts, name);

const countOf = (name: string, value: string): number => {
	if (!/^[1-9]\d{0,5}$/.test(value)) throw new Error(`--faults: ${name} wants a whole number such as 10, not ${value}`);
	return Number(value);
};

const chanceOf = (name: string, value: string): number => {
	const percent = /^(\d+(?:\.\d+)?)%$/.exec(value)?.[1];
	if (percent === undefined || Number(percent) > 100) throw new Error(`--faults: ${name} wants a percentage from 0% to 100%, not ${value}`);
	return Number(percent) / 100;
};

const rangeOf = (name: string, value: string): readonly [number, number] => {
	const [, from, to, unit = ''] = /^(?:(\d+(?:\.\d+)?)\.\.)?(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value) ?? [];
	const factor = units[unit];
	if (to === undefined || factor === undefined) throw new Error(`--faults: ${name} wants a time such as 30s or 50..300ms, not ${value}`);
	// one value is a mean
	const [low, high] = from === undefined ? [0, 2 * Number(to)] : [Number(from), Number(to)];
	if (low > high) throw new Error(`--faults: ${name} wants the smaller time first, not ${value}`);
	return [low * factor, high * factor];
};

const known = [...Object.keys(chances), ...Object.keys(durations), ...Object.keys(counts)];

/** @throws Error, one line, that names what is wrong and what is known */
export const parseFaults = (text: string): FaultSettings => {
	const found: {
		chances: Partial<Record<ChanceName, number>>;
		durations: Partial<Record<DurationName, readonly [number, number]>>;
		counts: Partial<Record<CountName, number>>;
	} = { chances: {}, durations: {}, counts: {} };
	for (const part of text.split(',').map((one) => one.trim())) {
		const [, name = part, value = ''] = /^([^=]*)=(.*)$/.exec(part) ?? [];
		if (Object.values(found).some((kind) => Object.hasOwn(kind, name))) throw new Error(`--faults: ${name} is there twice`);
		if (isChance(name)) found.chances[name] = chanceOf(name, value);
		else if (isDuration(name)) found.durations[name] = rangeOf(name, value);
		else if (isCount(name)) found.counts[name] = countOf(name, value);
		else throw new Error(`--faults: there is no fault ${name || '(none)'}; there are ${known.join(', ')}`);
	}
	return found;
};

/** @throws Error, one line */
export const parseSeed = (text: string): number => {
	if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffff_ffff) throw new Error(`--seed wants a whole number from 0 to ${0xffff_ffff}, not ${text}`);
	return Number(text);
};
