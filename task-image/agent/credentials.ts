import * as z from 'zod/mini';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Ask } from './http.ts';

const Answer = z.object({
	AccessKeyId: z.string(),
	SecretAccessKey: z.string(),
	Token: z.string(),
	Expiration: z.iso.datetime({ offset: true }),
});

export interface Credentials {
	accessKeyId: string;
	secretAccessKey: string;
	sessionToken: string;
}

/** ms before their end at which credentials are fetched anew; ECS has new ones ready much earlier. */
const early = 5 * 60_000;

/**
 * The task's credentials, as ECS hands them out; kept until shortly before their end. The answer throws when they can't be had.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export const createCredentials = (deps: {
	clock: Clock;
	ask: Ask;
	readFile: (path: string) => Promise<string>;
	source: Config['credentials'];
}): (() => Promise<Credentials>) => {
	let kept: { credentials: Credentials; until: number } | undefined;

	const fetchNew = async (): Promise<Credentials> => {
		const { uri, token, tokenFile } = deps.source;
		// The file wins and is read each time: what hands it out may change it.
		const authorization = tokenFile ? (await deps.readFile(tokenFile)).trim() : token;
		const answer = await deps.ask({ method: 'GET', url: uri, headers: authorization ? { authorization } : {} });
		if (answer.status !== 200) throw new Error(`the task's credentials: status ${answer.status}`);
		const found = Answer.parse(JSON.parse(answer.body));
		const credentials = { accessKeyId: found.AccessKeyId, secretAccessKey: found.SecretAccessKey, sessionToken: found.Token };
		kept = { credentials, until: Date.parse(found.Expiration) - early };
		return credentials;
	};

	return async () => (kept && deps.clock.wall() < kept.until ? kept.credentials : fetchNew());
};
