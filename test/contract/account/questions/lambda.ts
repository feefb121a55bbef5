/** B: environments of Lambda. */
import { exactly, type Question, question, questions, seen } from '../question.ts';
import { visit } from '../visitor.ts';

export const lambda: readonly Question[] = [
	questions(['B1a', 'B3'], 'four invocations at once', async (target) => {
		const all = await Promise.all(Array.from({ length: 4 }, () => target.invoke({ do: 'wait', ms: 1_000 })));
		const environments = new Set(all.map(({ answer }) => answer.environment)).size;
		const most = Math.max(...all.map(({ answer }) => Number(answer.mostAtOnce)));
		return {
			B1a: exactly(`at most ${most} at once`, 'at most 1 at once'),
			B3: seen(environments > 1, `${environments} environments for 4 events at once`),
		};
	}),
	question('B1b', 'what a handler leaves behind, looked at 2 s later', async (target) => {
		// one environment after the other: which one an invocation meets is not ours to say
		for (let tries = 0; tries < 10; tries += 1) {
			const { answer: left } = await target.invoke({ do: 'leave', ms: 200 });
			await target.pause(2);
			const { answer: first } = await target.invoke({});
			const { answer: second } = await target.invoke({ do: 'wait', ms: 100 });
			const { answer: third } = await target.invoke({});
			if (new Set([left, first, second, third].map(({ environment }) => environment)).size > 1) continue;
			const went = [first, second, third].map(({ went: at }) => Number(at ?? 0)).find((at) => at > Number(left.at));
			const after = went === undefined ? undefined : went - Number(left.at);
			return seen(after === undefined || after > 1_000, after === undefined ? 'never went on' : `due after 200 ms, went on after ${after} ms`);
		}
		throw new Error('no two invocations in a row met the same environment');
	}),
	question('B2c', 'a handler that takes longer than its 3 s', async (target) => {
		const before = new Set<unknown>();
		for (let at = 0; at < 3; at += 1) before.add((await target.invoke({})).answer.environment);
		const { error, answer } = await target.invoke({ do: 'hang' });
		return seen(error && /timed out/i.test(String(answer.errorMessage)), String(answer.errorMessage).replace(/^\S+ \S*-\S+ /, ''));
	}),
	question('B2d', 'an answer of 7 MB', async (target) => {
		const { error, answer } = await target.invoke({ do: 'big', size: 7 << 20 });
		return seen(error, String(answer.errorType ?? Object.keys(answer).join()));
	}),
	question(
		'B2e',
		'a function of 128 MB that takes 256 MB',
		async (target) => {
			const { error, answer } = await target.invoke({ do: 'eat', size: 256 });
			return seen(error, String(answer.errorType ?? 'no error'));
		},
		{ notHere: 'the limit here is JavaScript’s own heap' },
	),
	question(
		'B4a',
		'the first invocations of eight environments, against the next ones',
		async (target) => {
			const round = async (): Promise<{ taken: number; environment: unknown }[]> =>
				Promise.all(
					Array.from({ length: 8 }, async () => {
						const begun = performance.now();
						const { answer } = await target.invoke({ do: 'wait', ms: 1_000 });
						return { taken: performance.now() - begun - 1_000, environment: answer.environment };
					}),
				);
			const [first, second] = [await round(), await round()];
			const warm = second.filter(({ environment }) => first.some((one) => one.environment === environment)).map(({ taken }) => taken);
			const cold = Math.max(...first.map(({ taken }) => taken)) - Math.min(...warm);
			return seen(cold > 100 && cold < 1_000, `the slowest of 8 took ${Math.round(cold)} ms longer than a warm one`);
		},
		{ notHere: 'an environment here is a thread of this machine' },
	),
	questions(['B2a', 'B2h', 'B2i'], 'a function that may run 0 times at once: invoked, by HTTP, by a WebSocket', async (target) => {
		const { status, refusal } = await target.invoke({}, target.outputs.Blocked);
		const { status: http } = await fetch(`${target.outputs.Http}/blocked`);
		const visitor = await visit(target.outputs.PlainSocket, { query: { mark: target.mark() } });
		visitor.socket.send('{"action":"blocked"}');
		const { message } = JSON.parse(await visitor.next()) as Record<string, unknown>;
		visitor.end();
		return {
			B2a: seen(status === 429, `invoked: ${status}`),
			B2h: exactly([status, refusal], [429, 'TooManyRequestsException']),
			B2i: seen(http === 503 && typeof message === 'string', `HTTP: ${http}; WebSocket: ${message}`),
		};
	}),
];
