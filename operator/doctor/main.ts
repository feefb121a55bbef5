/** `npm run doctor`: looks at an account before anything is deployed to it; it only reads. Exit code 1 when a deployment would fail. */
import { findIdentity } from '../open.ts';
import { Problem } from '../problem.ts';
import { patientFetch } from '../signed-call.ts';
import { readFacts } from './facts.ts';
import { findings } from './findings.ts';

const marks = { ok: 'ok  ', warn: 'WARN', bad: 'BAD ' } as const;

try {
	const identity = await findIdentity();
	const facts = await readFacts({ region: identity.region, fetchFor: (service, region) => patientFetch({ ...identity, region }, service) });
	const found = findings(facts, identity.region);
	for (const { state, says } of found) console.log(`${marks[state]}  ${says}`);
	process.exitCode = found.some(({ state }) => state === 'bad') ? 1 : 0;
} catch (error) {
	process.stderr.write(`${error instanceof Problem ? error.message : String(error)}\n`);
	process.exitCode = 1;
}
