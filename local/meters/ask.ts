/** Asks a stack that runs for its meters, with the operator's credentials. */
import * as z from 'zod/mini';
import { signHeaders } from '../sigv4.ts';
import { meterNames, type Readings } from './meters.ts';

const Told = z.record(z.enum(meterNames), z.number());

/** @param environment what `--aws-env` prints @throws Error, one line */
export const askMeters = async (environment: Readonly<Record<string, string>>): Promise<Readings> => {
	const url = new URL(environment.AWS_ENDPOINT_URL_METERS ?? '');
	const { host: _, ...headers } = signHeaders(
		{
			method: 'GET',
			target: url.pathname,
			headers: { host: url.host, 'x-amz-security-token': environment.AWS_SESSION_TOKEN ?? '' },
			body: Buffer.alloc(0),
		},
		{
			accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
			secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
			region: environment.AWS_REGION ?? '',
			service: 'meters',
		},
		new Date(),
	);
	const answer = await fetch(url, { headers });
	if (!answer.ok) throw new Error(`the stack did not tell its meters: ${answer.status} ${await answer.text()}`);
	return Told.parse(await answer.json());
};
