/** Key to echo alone; `relay` measures it too, in one run with what the relay carries. */
import { startStack } from '../support/stack.ts';
import { signInByHttp } from '../support/user.ts';
import { echoFigures, echoRows, measureEcho } from './echo.ts';
import type { Bench } from './row.ts';

export const run: Bench = async () => {
	const stack = await startStack();
	try {
		const user = await signInByHttp(stack, 'bench');
		const { id } = await user.createSession('bench');
		await user.reaches(id, 'Running');
		const echo = await measureEcho(stack, user, id);
		return { rows: echoRows(echo), figures: { echo: echoFigures(echo) } };
	} finally {
		await stack.dispose();
	}
};
