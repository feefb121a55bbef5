/**
 * Reads a Dockerfile as far as local mode can follow it: the last stage's COPY, ENV, USER, WORKDIR, ENTRYPOINT, CMD and ARG. FROM and RUN
 * are the machine's own system. Whatever else would change the container is refused by name.
 */
import { relative } from 'node:path';

export interface Copy {
	/** a stage or an image; undefined: the build context */
	from?: string;
	sources: string[];
	/** absolute; a folder when it ends with a slash */
	target: string;
	mode?: number;
}

export interface Recipe {
	/** the image that the first FROM names */
	base: string;
	copies: Copy[];
	environment: Record<string, string>;
	user: string;
	workdir: string;
	entrypoint: string[];
	command: string[];
}

interface Instruction {
	name: string;
	flags: Record<string, string>;
	rest: string;
}

const refuse = (what: string): never => {
	throw new Error(`the Dockerfile has ${what}, which local mode doesn't cover`);
};

/** Instructions with their continued lines joined and comments left out; a heredoc is RUN's only. */
const readInstructions = (text: string): Instruction[] => {
	const instructions: Instruction[] = [];
	const lines = text.split('\n');
	for (let at = 0; at < lines.length; at++) {
		let line = (lines[at] ?? '').trim();
		if (line === '' || line.startsWith('#')) continue;
		while (line.endsWith('\\') && at + 1 < lines.length) {
			const next = (lines[++at] ?? '').trim();
			if (!next.startsWith('#')) line = `${line.slice(0, -1).trimEnd()} ${next}`;
		}
		const words = /^(\S+)\s*(.*)$/s.exec(line);
		const name = (words?.[1] ?? '').toUpperCase();
		let rest = words?.[2] ?? '';
		const heredoc = /<<-?['"]?(\w+)['"]?/.exec(rest);
		if (heredoc && (name === 'RUN' || name === 'COPY')) {
			if (name === 'COPY') refuse('COPY with a heredoc');
			while (at + 1 < lines.length && (lines[++at] ?? '').trim() !== heredoc[1]);
		}
		const flags: Record<string, string> = {};
		for (let flag = /^--([a-z-]+)(?:=(\S+))?\s+/.exec(rest); flag; flag = /^--([a-z-]+)(?:=(\S+))?\s+/.exec(rest)) {
			flags[flag[1] ?? ''] = flag[2] ?? '';
			rest = rest.slice(flag[0].length);
		}
		instructions.push({ name, flags, rest });
	}
	return instructions;
};

interface Stage {
	name: string;
	from: string;
	instructions: Instruction[];
}

const readStages = (instructions: readonly Instruction[]): Stage[] => {
	const stages: Stage[] = [];
	for (const instruction of instructions) {
		if (instruction.name === 'FROM') {
			const [from = '', as, name] = instruction.rest.split(/\s+/);
			stages.push({ from, name: as?.toUpperCase() === 'AS' && name ? name : String(stages.length), instructions: [] });
		} else stages.at(-1)?.instructions.push(instruction);
	}
	return stages;
};

/** Takes quotes away and puts variables in, which single quotes keep out. */
const unquote = (text: string, expand: (text: string) => string = (plain) => plain): string =>
	text.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)|([^"'\\]+)/g, (_, double, single, escaped, plain) =>
		double === undefined ? (single ?? escaped ?? expand(plain)) : expand(double).replace(/\\(.)/g, '$1'),
	);

/** `a=b "c d"=e` and the old `name value` of ENV and ARG. */
const readPairs = (rest: string, expand: (text: string) => string): [string, string][] => {
	if (!/^[\w.-]+=/.test(rest)) {
		const [, name = '', value = ''] = /^(\S+)\s*(.*)$/s.exec(rest) ?? [];
		return [[name, unquote(value, expand)]];
	}
	return [...rest.matchAll(/([\w.-]+)=((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])*)/g)].map(([, name = '', value = '']) => [
		name,
		unquote(value, expand),
	]);
};

const readWords = (rest: string): string[] => {
	if (!rest.startsWith('[')) return [...rest.matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+/g)].map(([word]) => unquote(word));
	const list: unknown = JSON.parse(rest);
	return Array.isArray(list) ? list.map(String) : [];
};

const asCommand = (rest: string): string[] => (rest.startsWith('[') ? readWords(rest) : ['/bin/sh', '-c', rest]);
/** the flags that change nothing here: all files are root's, each layer is a copy */
const plainFlags = new Set(['link', 'from', 'chmod']);
const rootOwners = new Set(['root', '0', 'root:root', '0:0']);

/**
 * @param target the stage to build; default the last
 * @throws on what local mode doesn't cover, by name
 */
export const readDockerfile = (text: string, target?: string): Recipe => {
	const instructions = readInstructions(text);
	const stages = readStages(instructions);
	const chain: Stage[] = [];
	for (let stage = target ? stages.find((one) => one.name === target) : stages.at(-1); stage; ) {
		chain.unshift(stage);
		const { from } = stage;
		stage = stages.slice(0, stages.indexOf(stage)).find((one) => one.name === from);
	}
	if (chain.length === 0) throw new Error(`the Dockerfile has no stage${target ? ` '${target}'` : ''}`);

	const recipe: Recipe = {
		base: chain[0]?.from ?? '',
		copies: [],
		environment: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
		user: 'root',
		workdir: '/',
		entrypoint: [],
		command: [],
	};
	const args: Record<string, string> = {};
	const expand = (value: string): string =>
		value.replace(
			/\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g,
			(_, braced, fallback, plain) => recipe.environment[braced ?? plain] ?? args[braced ?? plain] ?? fallback ?? '',
		);
	const absolute = (path: string): string =>
		path.startsWith('/') ? path : `${recipe.workdir.replace(/\/$/, '')}/${path.replace(/^\.\//, '').replace(/^\.$/, '')}`;

	const steps: Record<string, (instruction: Instruction) => void> = {
		RUN: () => {},
		LABEL: () => {},
		EXPOSE: () => {},
		SHELL: () => {},
		ARG: ({ rest }) => {
			for (const [name, value] of readPairs(rest, expand)) args[name] ??= value;
		},
		ENV: ({ rest }) => {
			for (const [name, value] of readPairs(rest, expand)) recipe.environment[name] = value;
		},
		USER: ({ rest }) => {
			recipe.user = expand(rest);
		},
		WORKDIR: ({ rest }) => {
			recipe.workdir = absolute(expand(rest));
		},
		ENTRYPOINT: ({ rest }) => {
			recipe.entrypoint = asCommand(rest);
			recipe.command = [];
		},
		CMD: ({ rest }) => {
			recipe.command = asCommand(rest);
		},
		STOPSIGNAL: ({ rest }) => {
			if (rest !== 'SIGTERM' && rest !== '15') refuse(`STOPSIGNAL ${rest}`);
		},
		COPY: ({ flags, rest }) => {
			for (const [flag, value] of Object.entries(flags))
				if (!plainFlags.has(flag) && !(flag === 'chown' && rootOwners.has(value))) refuse(`COPY --${flag}${value && `=${value}`}`);
			if (flags.chmod !== undefined && !/^0?[0-7]{3,4}$/.test(flags.chmod)) refuse(`COPY --chmod=${flags.chmod}`);
			const paths = readWords(rest).map(expand);
			const last = paths.pop() ?? '';
			if (paths.some((path) => /[*?[]/.test(path))) refuse(`COPY ${paths.join(' ')} with a wildcard`);
			if (paths.some((path) => relative('/', path.startsWith('/') ? path : `/${path}`).startsWith('..'))) refuse(`COPY ${paths.join(' ')}`);
			recipe.copies.push({
				...(flags.from === undefined ? {} : { from: flags.from }),
				sources: paths,
				target: absolute(last),
				...(flags.chmod === undefined ? {} : { mode: Number.parseInt(flags.chmod, 8) }),
			});
		},
	};
	for (const stage of chain)
		for (const instruction of stage.instructions) (steps[instruction.name] ?? (({ name }) => refuse(`the instruction ${name}`)))(instruction);
	return recipe;
};
