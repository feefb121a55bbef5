import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Questions } from './questions.ts';

const run = promisify(execFile);

/**
 * Whether the program in the active pane has been told the size that tmux draws it in. tmux does so up to 250 ms later, and less, whoever runs it,
 * throws away a search that is being typed just then; what is left of it would be commands.
 */
export const isToldItsSize = async (questions: Questions): Promise<boolean> => {
	const [answer = ''] = await questions.ask("display-message -p '#{pane_tty} #{pane_height} #{pane_width}'");
	const [terminal = '', ...size] = answer.split(' ');
	// A pane may have gone meanwhile.
	const { stdout } = await run('stty', ['-F', terminal, 'size']).catch(() => ({ stdout: '' }));
	return stdout.trim() === size.join(' ');
};
