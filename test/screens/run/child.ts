/** A process that runs seeds, one after the other, as its parent tells it; maybe with a bug planted. What is said: `Order` and `Answer` of the simulation. */
import { plant } from '../../simulation/planted/plant.ts';
import type { Answer, Order } from '../../simulation/run/child.ts';
import { bugs } from '../planted-bugs.ts';

const say = (answer: unknown): void => void process.send?.(answer);
const broken = (error: unknown): void =>
	say({ kind: 'broken', text: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies Answer);

const [, planted] = process.argv.slice(2);
/** of the seed that runs: a tmux server outlives who started it */
let abandon = async (): Promise<void> => {};
// Who asked is gone.
process.once('disconnect', () => void abandon().finally(() => process.exit(1)));

try {
	const bug = planted === undefined ? undefined : bugs.find((one) => one.name === planted);
	if (planted !== undefined && !bug) throw new Error(`there is no planted bug ${planted}`);
	const loaded = bug && plant(bug);
	// Only now: what is planted must be there before the code is loaded.
	const { runSeed, ...runner } = await import('./run-seed.ts');
	abandon = runner.abandon;
	loaded?.();
	process.on('message', ({ seed }: Order) => {
		void runSeed(seed, bug && runner.short).then((result) => say({ kind: 'done', result }), broken);
	});
	say({ kind: 'ready' } satisfies Answer);
} catch (error) {
	broken(error);
}
