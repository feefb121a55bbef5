// npm run soak -- restart [--rounds N] [--seed N] [--kind stack|everything]: kills a whole stack again and again at moments that the seed
// chooses, and looks at what the next start makes of it. npm run soak -- kills [--rounds N] [--seed N]: kills an agent, a tmux, a whole task or the
// stack. npm run soak -- starts [--rounds N] [--seed N]: several devices press Start in the same instant. Exit code 1 at the first round that is not as it should be. Runs on Node 20 or newer.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap } from './lib/bootstrap.mjs';
import { node24, root, run, withNode24 } from './lib/run.mjs';
import { fail, say } from './lib/say.mjs';
import { countOf } from './lib/seeds.mjs';

const usage = 'npm run soak -- restart [--rounds N] [--seed N] [--kind stack|everything]\nnpm run soak -- kills|starts [--rounds N] [--seed N]';

const readArguments = () => {
	try {
		return parseArgs({
			options: { rounds: { type: 'string' }, seed: { type: 'string' }, kind: { type: 'string', default: '' } },
			allowPositionals: true,
		});
	} catch (error) {
		return fail(`${error.message.split('\n')[0]}\n${usage}`);
	}
};

const { values, positionals } = readArguments();
const what = positionals.join();
const usual = { restart: '50', kills: '100', starts: '20' }[what] ?? fail(usage);
const kinds = what === 'restart' ? ['', 'stack', 'everything'] : [''];
if (!kinds.includes(values.kind)) fail(`--kind is of restart, and wants stack or everything, not ${values.kind}.\n${usage}`);
const rounds = countOf(values.rounds ?? usual, 1) ?? fail(`--rounds wants a whole number from 1 upwards, not ${values.rounds}.`);
const seed = countOf(values.seed ?? String(randomInt(0xffff_ffff)), 0) ?? fail(`--seed wants a whole number from 0 upwards, not ${values.seed}.`);
await bootstrap();
say(`${rounds} rounds${what === 'restart' ? ' of each kind' : ''}; --seed ${seed} chooses the same again`);
const { code } = await run(node24, [join(root, 'test/soak/run.ts'), what, String(rounds), String(seed), values.kind], {
	show: true,
	env: withNode24(),
});
process.exitCode = code;
